//! What URLs mean.

/// URL, user, password, host, port, virtual host.
type Accepted<'a> = (&'a str, &'a str, &'a str, &'a str, u16, &'a str);

#[rustfmt::skip]
pub(super) const ACCEPTED: &[Accepted<'_>] = &[
    // RabbitMQ's URI specification, appendix A.
    ("amqp://user:pass@host:10000/vhost", "user", "pass", "host", 10000, "vhost"),
    ("amqp://user%61:%61pass@ho%61st:10000/v%2fhost", "usera", "apass", "hoast", 10000, "v/host"),
    ("amqp://", "guest", "guest", "localhost", 5672, "/"),
    ("amqp://:@/", "", "", "localhost", 5672, ""),
    ("amqp://user@", "user", "", "localhost", 5672, "/"),
    ("amqp://user:pass@", "user", "pass", "localhost", 5672, "/"),
    ("amqp://host", "guest", "guest", "host", 5672, "/"),
    ("amqp://:10000", "guest", "guest", "localhost", 10000, "/"),
    ("amqp:///vhost", "guest", "guest", "localhost", 5672, "vhost"),
    ("amqp://host/", "guest", "guest", "host", 5672, ""),
    ("amqp://host/%2F", "guest", "guest", "host", 5672, "/"),
    ("amqp://host/%2f", "guest", "guest", "host", 5672, "/"),
    ("amqp://[::1]", "guest", "guest", "::1", 5672, "/"),
    // Scheme.
    ("AMQP://host", "guest", "guest", "host", 5672, "/"),
    ("aMqP://host", "guest", "guest", "host", 5672, "/"),
    // User and password.
    ("amqp://@host", "", "", "host", 5672, "/"),
    ("amqp://:@host", "", "", "host", 5672, "/"),
    ("amqp://user:@host", "user", "", "host", 5672, "/"),
    ("amqp://:pass@host", "", "pass", "host", 5672, "/"),
    ("amqp://user:a:b@host", "user", "a:b", "host", 5672, "/"),
    ("amqp://us%3Aer:a%3ab@host", "us:er", "a:b", "host", 5672, "/"),
    ("amqp://user:p%40ss%2Fw%3For%23d%25@host", "user", "p@ss/w?or#d%", "host", 5672, "/"),
    ("amqp://user:a+b%2Bc@host", "user", "a+b+c", "host", 5672, "/"),
    ("amqp://user:-._~!$&'()*+,;=@host", "user", "-._~!$&'()*+,;=", "host", 5672, "/"),
    ("amqp://%C3%BC:%e2%82%ac@host", "ü", "€", "host", 5672, "/"),
    ("amqp://user:%20@host", "user", " ", "host", 5672, "/"),
    ("amqp://user:%2540@host", "user", "%40", "host", 5672, "/"),
    // Host and port.
    ("amqp://127.0.0.1", "guest", "guest", "127.0.0.1", 5672, "/"),
    ("amqp://Broker.Example", "guest", "guest", "Broker.Example", 5672, "/"),
    ("amqp://my_broker", "guest", "guest", "my_broker", 5672, "/"),
    ("amqp://host:", "guest", "guest", "host", 5672, "/"),
    ("amqp://host:/", "guest", "guest", "host", 5672, ""),
    ("amqp://host:1", "guest", "guest", "host", 1, "/"),
    ("amqp://host:65535", "guest", "guest", "host", 65535, "/"),
    ("amqp://host:005672", "guest", "guest", "host", 5672, "/"),
    ("amqp://[::1]:", "guest", "guest", "::1", 5672, "/"),
    ("amqp://[::1]:10000/v", "guest", "guest", "::1", 10000, "v"),
    ("amqp://user:pass@[2001:db8::7]:1/v", "user", "pass", "2001:db8::7", 1, "v"),
    ("amqp://[::ffff:127.0.0.1]", "guest", "guest", "::ffff:127.0.0.1", 5672, "/"),
    // Virtual host.
    ("amqp://host/a%2Fb%2F", "guest", "guest", "host", 5672, "a/b/"),
    ("amqp://host/a+b", "guest", "guest", "host", 5672, "a+b"),
    ("amqp://host/a%20b", "guest", "guest", "host", 5672, "a b"),
    ("amqp://host/a:b;c=d", "guest", "guest", "host", 5672, "a:b;c=d"),
    ("amqp://host/..", "guest", "guest", "host", 5672, ".."),
    ("amqp://host/team%40prod", "guest", "guest", "host", 5672, "team@prod"),
    ("amqp://host/%E2%82%AC", "guest", "guest", "host", 5672, "€"),
    ("amqp://guest:guest@rabbit-server1:5672/%2F", "guest", "guest", "rabbit-server1", 5672, "/"),
    ("amqp://www-data:rabbit_pwd@rabbit1/web_messages", "www-data", "rabbit_pwd", "rabbit1", 5672, "web_messages"),
    // Query.
    ("amqp://host?", "guest", "guest", "host", 5672, "/"),
    ("amqp://host/?", "guest", "guest", "host", 5672, ""),
];
