"""NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, Individuals Control Charts: batches of flow rate."""

FLOW_RATE = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
CENTRE = 50.81
UPPER = 55.8041
LOWER = 45.8159
