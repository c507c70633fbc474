"""Did A beat B, or A its control, and does it pay?"""
