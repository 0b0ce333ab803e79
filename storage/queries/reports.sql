-- name: respondent_profile
-- How do those who answered the survey of a unit in [since, until) part by each trait? Empty where they did not say.
SELECT pair.1 AS trait, pair.2 AS answer, count() AS n
FROM (
    SELECT arrayJoin([
               ('sex', ifNull(CAST(sex AS Nullable(String)), '')),
               ('age_group', ifNull(CAST(age_group AS Nullable(String)), '')),
               ('education', ifNull(CAST(education AS Nullable(String)), '')),
               ('occupation', ifNull(CAST(occupation AS Nullable(String)), '')),
               ('service', ifNull(CAST(service AS Nullable(String)), '')),
               ('channel', ifNull(CAST(channel AS Nullable(String)), ''))
           ]) AS pair
    FROM surveys FINAL
    WHERE surveys.unit = {unit:String} AND at >= fromUnixTimestamp64Milli({since:Int64})
      AND at < fromUnixTimestamp64Milli({until:Int64})
)
GROUP BY trait, answer
ORDER BY trait, n DESC, answer
