"""What is read of billing: frozen values that pages, portal and API share."""
