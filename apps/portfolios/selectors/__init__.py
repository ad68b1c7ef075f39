"""What is read of portfolios: frozen values that pages, portal and API share."""
