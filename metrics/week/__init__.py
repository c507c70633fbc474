"""The week: is it signal, what changed, where will the month end?"""
