"""Whether what was promised at publication still holds: outcomes, evidence, alarm.

Plain arrays in, plain values out; where decisions and labels come from is no business of this
wing.
"""
