import Testing

@testable import Platform

@Suite("Configuration problems")
struct ConfigurationProblemTests {
    @Test(
        "names the key, the value and what is expected, and suggests what was meant",
        arguments: [
            (
                "gateway: {port: 99999}",
                #"gateway.port (config.yaml, line 1): got "99999", expected an integer from 0 to 65535"#
            ),
            (
                "gateway: {port: \"80\"}",
                #"gateway.port (config.yaml, line 1): got "80", expected an integer from 0 to 65535"#
            ),
            (
                "gateway:\n  port: eighty",
                #"gateway.port (config.yaml, line 2): got "eighty", expected an integer from 0 to 65535"#
            ),
            ("gateway: {prot: 80}", "gateway.prot (config.yaml, line 1): unknown key, did you mean gateway.port?"),
            ("frobnicate: 1", "frobnicate (config.yaml, line 1): unknown key"),
            (
                "worker: {lease: 0.5}",
                #"worker.lease (config.yaml, line 1): got "0.5", expected seconds from 2 to 300"#
            ),
            (
                "redis: {durability: always}",
                #"redis.durability (config.yaml, line 1): got "always", expected one of async, replicated, fsync"#
            ),
            (
                "redis: {url: localhost}",
                "redis.url (config.yaml, line 1): got ***, expected a URL that begins with redis:// or rediss:// or "
                    + "redis+socket:// or sentinel:// or rediss+sentinel:// or redis+cluster:// or rediss+cluster://"
            ),
            (
                "worker: {queues: [a, a]}",
                #"worker.queues (config.yaml, line 1): got "a, a", expected one or more different names of letters, "#
                    + "digits, '-', '_' and '.', separated by commas"
            ),
            (
                "worker: {queues: {a: 1}}",
                "worker.queues.a (config.yaml, line 1): unknown key, did you mean worker.queues?"
            ),
            ("gateway: 8080", "gateway (config.yaml, line 1): got one value, expected keys below it"),
            (
                "feishu: {apps: [{app_secret: x}]}",
                "feishu.apps[0].app_id: is not set, expected for every app"
            ),
            (
                "feishu: {apps: [{app_id: a/b}]}",
                #"feishu.apps[0].app_id (config.yaml, line 1): got "a/b", "#
                    + "expected an identifier of letters, digits, '-' and '_', at most 64"
            ),
            (
                "feishu: {apps: [{app_id: a}, {app_id: a}]}",
                #"feishu.apps[1].app_id: got "a", expected a different ID in each app"#
            ),
            (
                "feishu: {apps: [{app_id: a, ap_secret: hunter2}]}",
                "feishu.apps[0].ap_secret (config.yaml, line 1): unknown key, did you mean feishu.apps[].app_secret?"
            ),
            (
                "llm: {providers: [{kind: openai, model: m}]}",
                "llm.providers[0].base_url: is not set, expected where kind is openai"
            ),
            (
                "gateway: {tls: {certificate: /c.pem}}",
                "gateway.tls.private_key: is not set, expected with gateway.tls.certificate"
            ),
            ("- 1", "config.yaml: expected a mapping of keys to values"),
            ("a: 1\na: 2", "config.yaml: key a is there twice, line 1"),
            (
                "jwt: \"hunter2",
                "config.yaml: not YAML: found unexpected end of stream, line 1"
            ),
        ]
    )
    func line(yaml: String, expected: String) {
        let problems = ConfigurationSources(yaml: yaml, files: ["/c.pem": "c"]).problems()
        #expect(problems == [expected])
    }

    @Test("reports everything at once, in one line each")
    func everythingAtOnce() {
        let problems = ConfigurationSources(
            flags: ["gateway.port": "x", "gateway.jwt.secret": "hunter2", "nope": "1"],
            environment: ["WORKER_CONCURRENCY": "0", "LOG_LEVEL": "loud\nline", "LLM_PROVIDER": "openai"],
            yaml: "database: {max_connections: many}\nassistant: {language: fr}"
        ).problems()
        #expect(problems.count == 9)
        #expect(problems.allSatisfy { !$0.contains("\n") && !$0.contains("hunter2") })
        #expect(
            problems.contains(
                #"log.level (environment LOG_LEVEL): got "loud line", "#
                    + "expected one of trace, debug, info, notice, warning, error, critical"
            )
        )
        #expect(
            problems.contains(
                "gateway.jwt.secret (command line): a secret is not taken from the command line, "
                    + "expected it in the environment or a file"
            )
        )
    }

    @Test("refuses a secret and its file together, a file that is not there and a file that is too large")
    func secretFiles() {
        var sources = ConfigurationSources(environment: ["JWT_SECRET": "hunter2", "JWT_SECRET_FILE": "/f"])
        sources.files["/f"] = "x"
        #expect(
            sources.problems() == [
                "gateway.jwt.secret (environment JWT_SECRET): JWT_SECRET_FILE is set as well, expected only one of them"
            ]
        )
        sources.environment = ["JWT_SECRET_FILE": "/missing"]
        #expect(
            sources.problems() == [
                "gateway.jwt.secret (environment JWT_SECRET_FILE): got /missing, "
                    + "expected the path of a readable file of at most 64 KiB"
            ]
        )
        sources.files["/missing"] = String(repeating: "x", count: 65_537)
        #expect(sources.problems().count == 1)
    }

    @Test(
        "refuses a secret and its file together in the configuration file, in either order",
        arguments: ["secret: hunter2, secret_file: /f", "secret_file: /f, secret: hunter2"]
    )
    func secretAndFile(keys: String) {
        let problems = ConfigurationSources(yaml: "gateway: {jwt: {\(keys)}}", files: ["/f": "x"]).problems()
        #expect(problems.count == 1)
        #expect(problems.first?.contains("is set as well, expected only one of them") == true)
    }

    @Test("says which configuration file cannot be read")
    func missingFile() {
        let sources = ConfigurationSources(environment: ["AI_ASSISTANT_CONFIG": "/no/such.yaml"])
        #expect(sources.problems() == ["/no/such.yaml: cannot read it, expected a text file of at most 1 MiB"])
    }

    @Test(
        "takes an empty file, and one of comments only, for nothing set",
        arguments: ["", "# nothing\n", "gateway:\n"]
    )
    func empty(yaml: String) {
        #expect(ConfigurationSources(yaml: yaml).problems().isEmpty)
    }
}
