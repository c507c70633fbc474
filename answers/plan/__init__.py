"""If we do this, what happens, what does it cost, could we even tell?"""
