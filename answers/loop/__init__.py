"""What did we learn, what is still open, how good are our forecasts?"""
