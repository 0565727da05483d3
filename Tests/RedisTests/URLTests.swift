import Redis
import Testing

@Suite struct URLTests {
    @Test(
        "the forms of a URL are understood",
        arguments: [
            ("redis://", "127.0.0.1:6379/0"),
            ("redis://example", "example:6379/0"),
            ("redis://example:7000/3", "example:7000/3"),
            ("redis://example/?db=4", "example:6379/4"),
            ("redis://example:6379//", "example:6379/0"),
            ("REDIS://[::1]:7000/1", "[::1]:7000/1"),
            ("redis://user:p%40ss@example:1/2", "example:1/2"),
            ("rediss://example", "tls+example:6379/0"),
            ("redis+socket:///run/redis%20x.sock?virtual_host=5", "/run/redis x.sock/5"),
            ("unix:///run/redis.sock?db=5", "/run/redis.sock/5"),
        ]
    )
    func understood(url: String, description: String) throws {
        #expect(try RedisConfiguration(url: url).description == description)
    }

    @Test("user and password are decoded, and never shown")
    func credentials() throws {
        let configuration = try RedisConfiguration(url: "redis://us%65r:p%40:ss@w@example")
        #expect(configuration.username == "user")
        #expect(configuration.password == "p@:ss@w")
        let alone = try RedisConfiguration(url: "redis://:geheim@example")
        #expect(alone.username == nil)
        #expect(alone.password == "geheim")
        var dumped = ""
        dump(alone, to: &dumped)
        #expect(!"\(alone) \(String(reflecting: alone)) \(dumped)".contains("geheim"))
    }

    @Test("Celery's TLS parameters are taken, and checks are on by default")
    func tls() throws {
        let plain = try RedisConfiguration(url: "rediss://example")
        #expect(plain.tls?.verification == .full)
        let files = try RedisConfiguration(
            url: "rediss://example?ssl_cert_reqs=CERT_REQUIRED&ssl_ca_certs=/ca&ssl_certfile=/crt&ssl_keyfile=/key"
        )
        #expect(files.tls?.verification == .full)
        #expect(files.tls?.certificateAuthorityFile == "/ca")
        #expect(files.tls?.certificateFile == "/crt")
        #expect(files.tls?.privateKeyFile == "/key")
        let trusting = try RedisConfiguration(url: "rediss://e?ssl_cert_reqs=none")
        #expect(trusting.tls?.verification == RedisTLS.Verification.none)
        #expect(try RedisConfiguration(url: "rediss://e?ssl_check_hostname=false").tls?.verification == .chainOnly)
    }

    @Test(
        "what cannot be used is refused without quoting the URL",
        arguments: [
            "", "example:6379", "http://e", "redis://pw-secret@e", "redis://:pw-secret@e:99999",
            "redis://:pw-secret@e/x",
            "redis://:pw-secret@e:1:2", "redis://:pw-secret@[::1", "redis://:pw-secret%4@e", "redis://e?nonsense=1",
            "redis://e?ssl_cert_reqs=none", "rediss://e?ssl_cert_reqs=maybe", "rediss://e?ssl_certfile=/x",
            "redis://e/-1",
            "redis+socket://", "redis+socket://host/path", "redis://a;b", "redis://:pw#secret@e", "redis://e?db",
        ]
    )
    func refused(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.debugDescription.contains("secret") == false)
        #expect(error?.isTransient == false)
    }

    private static let sentinels: [RedisEndpoint] = [.tcp(host: "h1", port: 26379), .tcp(host: "h2", port: 26380)]

    @Test(
        "a list of sentinels, in the forms that Celery takes",
        arguments: [
            "sentinel://h1:26379;h2:26380/3?master=main",
            "sentinel://:pw@h1;sentinel://:pw@h2:26380/3?master_name=main",
            "sentinel://:pw@h1:26379/3;sentinel://h2:26380/3?master=main&sentinel_password=guard&client_name=me",
            "rediss+sentinel://h1;h2:26380/3?master=main&sentinel_ssl=false",
        ]
    )
    func sentinel(url: String) throws {
        let configuration = try RedisConfiguration(url: url)
        guard case .sentinel(let set) = configuration.endpoint else {
            Issue.record("no sentinels")
            return
        }
        #expect(set.sentinels == Self.sentinels)
        #expect(set.primary == "main")
        #expect(set.password == (url.contains("guard") ? "guard" : nil))
        #expect(set.followsTLS == !url.contains("sentinel_ssl"))
        #expect(configuration.database == 3)
        #expect(configuration.password == (url.contains("pw") ? "pw" : nil))
        #expect((configuration.tls != nil) == url.hasPrefix("rediss"))
        var dumped = ""
        dump(configuration, to: &dumped)
        #expect(!"\(configuration) \(dumped)".contains("guard"))
    }

    @Test(
        "a list of a Cluster's nodes",
        arguments: ["redis+cluster://u:pw@h1:7000;h2:7001", "rediss+cluster://u:pw@h1:7000;u:pw@h2:7001/0"]
    )
    func cluster(url: String) throws {
        let configuration = try RedisConfiguration(url: url)
        #expect(
            configuration.endpoint == .cluster(seeds: [.tcp(host: "h1", port: 7000), .tcp(host: "h2", port: 7001)])
        )
        #expect(configuration.username == "u" && configuration.password == "pw")
    }

    @Test(
        "lists that mean nothing are refused without quoting them",
        arguments: [
            "sentinel://h1;h2/0", "sentinel://h1;;h2?master=m", "sentinel://h1/0;h2/1?master=m",
            "sentinel://:secret-a@h1;:secret-b@h2?master=m", "sentinel://h1?master=m&sentinel_username=secret",
            "sentinel://h1?master=m&ssl_cert_reqs=none", "redis+cluster://h1;h2/1", "redis+cluster://h1?master=m",
        ]
    )
    func refusedList(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .invalidConfiguration)
        #expect(error?.debugDescription.contains("secret-") == false)
    }
}
