"""Names of series."""

from apps.market.policies import distribution_key, risk_free_key, volume_key


def test_keys_are_slugs_whatever_the_symbol() -> None:
    assert risk_free_key("USD") == "risk_free_usd"
    assert volume_key("VTI") == "daily_volume_vti"
    assert distribution_key("BRK.B") == "distribution_yield_brk-b"
