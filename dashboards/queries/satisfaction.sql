-- name: ikm_90_days
-- What is the satisfaction index (PermenPANRB 14/2017, weight 1/9) of the 90 local days up to now, its 95 % interval in whole points rounded outwards, and of how many answers?
SELECT * EXCEPT half
FROM (
    SELECT if(answer_n = 0 OR has(ns, 0), NULL, floor(100 * arraySum((total, n) -> total / n, totals, ns) * 25 / 9 + 0.5) / 100) AS ikm,
           -- Student's t at 0.975 by Cornish and Fisher's expansion, exact for one and two degrees of freedom
           multiIf(v = 1, 12.7062, v = 2, 4.30265, 1.959964 + 2.372271 / v + 2.822499 / pow(v, 2) + 2.55585 / pow(v, 3) + 1.589534 / pow(v, 4))
               * sqrt(scatter / (pow(complete, 2) * v) * if(served >= complete, 1 - complete / served, 1)) * 25 / 9 AS half,
           if(complete < 2 OR scatter = 0 OR isNull(ikm), NULL,
              concat(toString(floor(greatest(25., ikm - half))), '–', toString(ceil(least(100., ikm + half))))) AS interval,
           nullIf(answer_n, 0) AS answers
    FROM (
        SELECT sumIf(cell_n, measure = 'surveys') AS answer_n,
               arrayMap(name -> sumMap(map(measure, cell_n))['element.' || name], names) AS ns,
               arrayMap(name -> sumMap(map(measure, cell_total))['element.' || name], names) AS totals,
               sumIf(cell_n, measure = 'skm_sum') AS complete, complete - 1 AS v,
               complete * sumIf(cell_total, measure = 'skm_square') - pow(sumIf(cell_total, measure = 'skm_sum'), 2) AS scatter,
               sumIf(cell_n, startsWith(measure, 'outcome.')) AS served,
               ['persyaratan', 'prosedur', 'waktu', 'biaya', 'produk', 'kompetensi', 'perilaku', 'pengaduan', 'sarana'] AS names
        FROM (
            SELECT CAST(measure AS String) AS measure, windows.n AS cell_n, windows.total AS cell_total
            FROM windows FINAL
            JOIN (SELECT unit, toDate(formatDateTime($__toTime, '%F', CAST(zone AS String))) AS today FROM units FINAL) AS place USING (unit)
            WHERE size = '1d' AND unit IN (${unit:singlequote})
              AND (measure IN ('surveys', 'skm_sum', 'skm_square', 'outcome.served', 'outcome.issued', 'outcome.approved')
                   OR startsWith(measure, 'element.'))
              AND day > toDate($__toTime) - 92 AND day > today - 90 AND day <= today
        )
    )
)
