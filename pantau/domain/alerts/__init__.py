"""Falling indicators: closed half hours in, alerts with a life out. Pure, like all of the core.

``half_hours`` what a closed half hour holds · ``policy`` how much evidence is enough · ``baselines`` what is usual ·
``evidence`` exact sums of evidence · ``detection`` days folded into transitions · ``quiet`` no data where there should
be some · ``bands`` the IKM's grade.
"""
