#!/usr/bin/env bash
# Give each of our users the role of its work and the password of its secret; run again, it takes over changed ones.
# The roles are made before by: pantau migrate --roles
set -euo pipefail

ask() { clickhouse-client --host clickhouse --user admin --password "$(cat /run/secrets/admin_password)" --query "$1"; }

for role in writer reader answerer dashboard; do
  # only the hash leaves this process, so a password may hold any character
  hash=$(printf '%s' "$(cat "/run/secrets/${role}_password")" | sha256sum | cut -d' ' -f1)
  ask "CREATE USER IF NOT EXISTS $role IDENTIFIED WITH sha256_hash BY '$hash'"
  ask "ALTER USER $role IDENTIFIED WITH sha256_hash BY '$hash'"
  ask "GRANT pantau_$role TO $role"
  ask "ALTER USER $role DEFAULT ROLE pantau_$role"
  echo "$role: pantau_$role"
done
