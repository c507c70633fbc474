"""Published control charts and rules.

NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, Individuals Control Charts: batches of flow rate.
"""

FLOW_RATE = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
CENTRE = 50.81
UPPER = 55.8041
LOWER = 45.8159

# Wheeler (1993), Understanding Variation: a point outside the limits; three out of four successive points nearer to a
# limit than to the centre, all on one side; eight successive points on one side of the centre.
OUTSIDE_SIGMAS = 3.0
NEARER_SIGMAS = 1.5  # half the way to the limit
NEARER = (3, 4)
ONE_SIDE = 8
