-- The table of subdpmptsp/antrianmpp with a morning in it, and a user who may read it and nothing else.
-- Try it on a database of your own:  mariadb antrian < examples/antrian_mpp/queues.sql
-- Written by hand after the table's definition; no person in it exists. Laravel writes UTC: 01:00 is 08:00 WIB.
CREATE TABLE queues (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  counter_id BIGINT UNSIGNED NULL,
  service_id BIGINT UNSIGNED NOT NULL,
  number VARCHAR(16) NOT NULL,
  status ENUM('waiting', 'printing', 'called', 'serving', 'finished', 'canceled') NOT NULL DEFAULT 'waiting',
  source VARCHAR(16) NOT NULL DEFAULT 'kiosk',
  online_queue_reservation_id BIGINT UNSIGNED NULL,
  created_at TIMESTAMP NULL,
  updated_at TIMESTAMP NULL,
  called_at TIMESTAMP NULL,
  served_at TIMESTAMP NULL,
  canceled_at TIMESTAMP NULL,
  finished_at TIMESTAMP NULL,
  INDEX queues_updated_at_index (updated_at)
);
INSERT INTO queues
  (id, counter_id, service_id, number, status, created_at, updated_at, called_at, served_at, canceled_at, finished_at)
VALUES
  (1, 3, 12, 'A001', 'finished', '2025-03-03 01:00:10', '2025-03-03 01:20:45', '2025-03-03 01:12:03', '2025-03-03 01:12:41', NULL, '2025-03-03 01:20:45'),
  (2, 3, 12, 'A002', 'finished', '2025-03-03 01:02:00', '2025-03-03 01:31:00', '2025-03-03 01:21:00', '2025-03-03 01:21:20', NULL, '2025-03-03 01:31:00'),
  (3, 4, 14, 'B001', 'canceled', '2025-03-03 01:05:00', '2025-03-03 01:40:00', NULL, NULL, '2025-03-03 01:40:00', NULL),
  (4, 4, 14, 'B002', 'finished', '2025-03-03 01:06:00', '2025-03-03 01:50:00', '2025-03-03 01:15:00', '2025-03-03 01:15:30', NULL, '2025-03-03 01:50:00');
CREATE USER pantau@'127.0.0.1' IDENTIFIED BY 'ganti-kata-sandi-ini';
GRANT SELECT ON queues TO pantau@'127.0.0.1';
