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

    @Test(
        "Sentinel and Cluster are recognised and refused as unsupported",
        arguments: [
            "sentinel://h1:26379;h2:26379/0?master=name", "redis+cluster://h1:7000;h2:7000",
        ]
    )
    func unsupported(url: String) {
        let error = #expect(throws: RedisError.self) { try RedisConfiguration(url: url) }
        #expect(error?.code == .unsupported)
    }
}
