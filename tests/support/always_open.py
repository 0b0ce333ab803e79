"""The head of registry files whose one kecamatan never closes; units and sources come behind it."""

ALWAYS_OPEN = """
[defaults]
zone = "WIB"
hours = "always"

[hours.always]
mon-sun = ["00:00-24:00"]

[[kabupaten]]
code = "18.01"
name = "Lampung Selatan"

[[kecamatan]]
code = "18.01.06"
name = "Kalianda"
kabupaten = "18.01"
"""
