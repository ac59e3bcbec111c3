# Varnish in front of the instances, with the module xkey. docs/operations/behind-a-cdn.md explains it, and a test runs it.
vcl 4.1;

import std;
import xkey;

backend app {
  .host = "app";
  .port = "3000";
}

# The addresses of the instances, which purge.
acl instances {
  "localhost";
  "10.0.0.0"/8;
  "172.16.0.0"/12;
  "192.168.0.0"/16;
}

sub vcl_recv {
  if (req.method == "PURGE") {
    if (client.ip !~ instances || !req.http.Surrogate-Key) {
      return (synth(403, "Forbidden"));
    }
    set req.http.Purged = xkey.purge(req.http.Surrogate-Key);
    return (synth(200, "Purged " + req.http.Purged));
  }
  # The client has written a moment ago, and must not get an older answer. The token may also be in a cookie, and Varnish itself passes
  # requests with a cookie or credentials on.
  if (req.http.Consistency-Token) {
    return (pass);
  }
}

sub vcl_backend_response {
  if (beresp.http.CDN-Cache-Control ~ "^max-age=[0-9]+$") {
    set beresp.ttl = std.duration(regsub(beresp.http.CDN-Cache-Control, "^max-age=", "") + "s", 0s);
    set beresp.http.xkey = beresp.http.Surrogate-Key;
  } else {
    # Until an answer may be kept, requests do not wait for one another.
    set beresp.ttl = 1s;
    set beresp.uncacheable = true;
  }
  return (deliver);
}

sub vcl_deliver {
  unset resp.http.xkey;
  unset resp.http.Surrogate-Key;
  unset resp.http.CDN-Cache-Control;
  if (obj.hits > 0) {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; hit";
  } else {
    set resp.http.Cache-Status = resp.http.Cache-Status + ", varnish; fwd=miss";
  }
}
