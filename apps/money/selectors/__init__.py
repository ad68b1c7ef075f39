"""What is read of money: frozen values that pages, portal, API and plans share."""
