from config.embedded.layout import Layout


def test_the_payment_servers_port_follows_the_sites_own(tmp_path, monkeypatch):
    monkeypatch.delenv("STEWARD_STRIPE_PORT", raising=False)
    monkeypatch.setenv("STEWARD_PORT", "9000")
    assert Layout(tmp_path).stripe_url == "http://127.0.0.1:9420"
    monkeypatch.setenv("STEWARD_STRIPE_PORT", "7777")
    assert Layout(tmp_path).stripe_port == 7777


def test_the_payment_servers_keys_are_made_once_and_kept_from_others(tmp_path):
    keys = Layout(tmp_path / "home").stripe_keys()
    assert keys == Layout(tmp_path / "home").stripe_keys()
    assert keys != Layout(tmp_path / "other").stripe_keys()
    assert keys.secret_key.startswith("sk_test_")
    assert keys.webhook_secret.startswith("whsec_")
    assert (tmp_path / "home" / "stripe-key").stat().st_mode & 0o077 == 0
