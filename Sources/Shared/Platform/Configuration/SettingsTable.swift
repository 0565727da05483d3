extension Setting {
    /// Every setting there is. Loading, `config show`, `config check` and the test of `config.example.yaml` read this.
    package static let table =
        core + assistant + feishuLimits + models + tools + knowledge + minutes + automation + messages + scaling
        + schedules + remoteControl + results + administration + plugins

    private static let core: [Setting] = [
        Setting("gateway.host", "LISTEN_HOST", .text, default: "0.0.0.0", "Address the gateway listens on."),
        Setting("gateway.port", "LISTEN_PORT", .integer(0...65_535), default: "8080", "Its port; 0 takes a free one."),
        Setting("gateway.tls.certificate", "TLS_CERTIFICATE", .path, "Certificate chain (PEM); none: plain HTTP."),
        Setting("gateway.tls.private_key", "TLS_PRIVATE_KEY", .path, "File of the certificate's private key (PEM)."),
        Setting(
            "gateway.max_connections",
            "GATEWAY_MAX_CONNECTIONS",
            .integer(1...1_000_000),
            default: "10000",
            "Connections open at once; more are closed on arrival."
        ),
        Setting(
            "gateway.max_body_bytes",
            "GATEWAY_MAX_BODY_BYTES",
            .integer(1_024...16_777_216),
            default: "1048576",
            "Largest request body; a larger one gets 413."
        ),
        Setting(
            "gateway.max_header_bytes",
            "GATEWAY_MAX_HEADER_BYTES",
            .integer(1_024...65_536),
            default: "32768",
            "Largest request head; a larger one gets 431."
        ),
        Setting(
            "gateway.header_timeout",
            "GATEWAY_HEADER_TIMEOUT",
            .seconds(0.1...300),
            default: "10",
            "Seconds a client has to send a request's head."
        ),
        Setting(
            "gateway.body_timeout",
            "GATEWAY_BODY_TIMEOUT",
            .seconds(0.1...300),
            default: "10",
            "Seconds a client has to send a request's body."
        ),
        Setting(
            "gateway.idle_timeout",
            "GATEWAY_IDLE_TIMEOUT",
            .seconds(0.1...3_600),
            default: "75",
            "Seconds a connection may stay open between requests."
        ),
        Setting(
            "gateway.enqueue_timeout",
            "GATEWAY_ENQUEUE_TIMEOUT",
            .seconds(0.05...1),
            default: "0.8",
            "Seconds Redis has to confirm an event before Feishu is answered 503 and redelivers."
        ),
        Setting(
            "gateway.grace_period",
            "GATEWAY_GRACE_PERIOD",
            .seconds(0...600),
            default: "10",
            "Seconds that requests in flight may take to finish when the gateway stops."
        ),
        Setting(
            "gateway.jwt.secret",
            "JWT_SECRET",
            .text,
            secrecy: .secret,
            "Signs admin tokens (HS256), at least 32 bytes; none, and no key file: the admin API is closed."
        ),

        Setting(
            "redis.url",
            "REDIS_URL",
            .url(["redis", "rediss", "redis+socket", "sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster"]),
            default: "redis://127.0.0.1:6379/0",
            secrecy: .password,
            "Where Redis is."
        ),
        Setting(
            "redis.durability",
            "DURABILITY",
            .choice(["async", "replicated", "fsync"]),
            default: "async",
            "Where a task must be before it is acknowledged: async: the primary; replicated: a replica, too; fsync: the disk."
        ),
        Setting(
            "payload.keys_file",
            "PAYLOAD_KEYS_FILE",
            .path,
            "Keys that encrypt what tasks carry, one a line: name and base64, the current one first; none: readable text."
        ),
        Setting(
            "payload.compress_over",
            "PAYLOAD_COMPRESS_OVER",
            .integer(0...16_777_216),
            default: "0",
            "Bytes over which the body of a task is compressed; 0: never."
        ),
        Setting(
            "payload.aside_over",
            "PAYLOAD_ASIDE_OVER",
            .integer(0...16_777_216),
            default: "0",
            "Bytes over which the body of a task goes to a key of its own; 0: never."
        ),
        Setting(
            "database.max_connections",
            "DATABASE_MAX_CONNECTIONS",
            .integer(2...10_000),
            default: "50",
            "Size of the pool of Redis connections of one process."
        ),
        Setting(
            "database.connection_timeout",
            "DATABASE_CONNECTION_TIMEOUT",
            .seconds(0.05...3_600),
            default: "30",
            "Seconds to wait for a Redis connection."
        ),

        Setting(
            "feishu.base_url",
            "FEISHU_BASE_URL",
            .url(["https", "http"]),
            default: "https://open.feishu.cn",
            "Feishu's API; https://open.larksuite.com for Lark."
        ),
        Setting("feishu.apps[].app_id", "FEISHU_APP_ID", .identifier, "App ID of the credentials page."),
        Setting(
            "feishu.apps[].app_secret",
            "FEISHU_APP_SECRET",
            .text,
            secrecy: .secret,
            "App Secret of the same page."
        ),
        Setting(
            "feishu.apps[].encrypt_key",
            "FEISHU_ENCRYPT_KEY",
            .text,
            secrecy: .secret,
            "Encrypt Key of the event subscription; with it every event is encrypted and signed."
        ),
        Setting(
            "feishu.apps[].verification_token",
            "FEISHU_VERIFICATION_TOKEN",
            .text,
            secrecy: .secret,
            "Verification Token of the event subscription."
        ),

        Setting(
            "llm.providers[].kind",
            "LLM_PROVIDER",
            .choice(["offline", "openai"]),
            default: "offline",
            "offline needs no account; openai is any endpoint that speaks OpenAI's API."
        ),
        Setting(
            "llm.providers[].base_url",
            "LLM_BASE_URL",
            .url(["https", "http"]),
            "The endpoint up to and with its version, such as https://api.openai.com/v1."
        ),
        Setting("llm.providers[].api_key", "LLM_API_KEY", .text, secrecy: .secret, "Key of the endpoint."),
        Setting("llm.providers[].model", "LLM_MODEL", .text, "Name of the model."),
        Setting(
            "llm.providers[].timeout",
            "LLM_TIMEOUT",
            .seconds(1...3_600),
            default: "600",
            "Seconds one answer may take in all."
        ),

        Setting(
            "worker.queues",
            "WORKER_QUEUES",
            .names,
            default: "interactive,minutes,background",
            "Queues to take jobs from, most urgent first."
        ),
        Setting(
            "worker.queue_order",
            "WORKER_QUEUE_ORDER",
            .choice(["weighted", "strict"]),
            default: "weighted",
            "Where jobs are many: weighted gives each queue twice the places of the next; strict lets the later starve."
        ),
        Setting(
            "worker.concurrency",
            "WORKER_CONCURRENCY",
            .integer(1...100_000),
            default: "200",
            "Jobs running at once in one process."
        ),
        Setting(
            "worker.processes",
            "WORKER_PROCESSES",
            .integer(1...256),
            default: "1",
            "Worker processes that one supervisor starts and watches over; 1: one process without a supervisor."
        ),
        Setting(
            "worker.grace_period",
            "WORKER_GRACE_PERIOD",
            .seconds(0...86_400),
            default: "30",
            "Seconds that running jobs may take to finish when the worker stops; then they go back to their queue."
        ),
        Setting(
            "worker.lease",
            "WORKER_LEASE",
            .seconds(2...300),
            default: "10",
            "Seconds without a sign of life after which a worker's jobs are given to others."
        ),
        Setting(
            "worker.visibility_timeout",
            "WORKER_VISIBILITY_TIMEOUT",
            .seconds(1...604_800),
            default: "3600",
            "Seconds after which what a Python worker took and never acknowledged is put back; Celery's, the same on all."
        ),
        Setting(
            "worker.host",
            "WORKER_HOST",
            .text,
            default: "127.0.0.1",
            "Address of the worker's health and metrics."
        ),
        Setting(
            "worker.port",
            "WORKER_PORT",
            .integer(0...65_535),
            default: "0",
            "Port of the worker's health and metrics; 0: none."
        ),

        Setting(
            "log.level",
            "LOG_LEVEL",
            .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]),
            default: "info",
            "Least severe level that is written."
        ),
        Setting(
            "log.format",
            "LOG_FORMAT",
            .choice(["json", "text"]),
            default: "json",
            "One JSON object a line, or text; on a terminal the default is text."
        ),
    ]
}
