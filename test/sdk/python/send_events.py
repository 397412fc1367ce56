"""Sends the test's calls with Segment's own SDK, as a backend of a customer would: HOST WRITE_KEY USER_ID."""

import sys

import segment.analytics as analytics

host, write_key, user_id = sys.argv[1:]


def fail(error, _batch):
    print(f"not delivered: {error}", file=sys.stderr)
    sys.exit(1)


analytics.host = host
analytics.write_key = write_key
analytics.gzip = True
analytics.on_error = fail

analytics.identify(user_id, {"email": "ada@example.com", "firstName": "Ada", "plan": "größer", "order_completed_last_30days": True})
analytics.track(user_id, "registration", {"partner_user_id": user_id, "email": "ada@example.com"})
analytics.track(user_id, "registration", {"partner_user_id": user_id, "email": "ada@example.com"})
analytics.page(user_id, "Docs", "Install")
analytics.track(user_id, "Login Button Clicked")
analytics.flush()
analytics.shutdown()
