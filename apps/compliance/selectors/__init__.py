"""What pages, portal and other apps read of compliance."""
