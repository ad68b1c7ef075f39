"""State taxes held against other programs that know the law: `make state-oracle`."""
