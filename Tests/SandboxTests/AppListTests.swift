import FeishuSandbox
import Testing

@Suite("A file of further apps")
struct AppListTests {
    @Test("apps are read with their defaults")
    func read() throws {
        let text = """
            [{"id": "cli_1", "secret": "s", "verification_token": "v"},
             {"id": "cli_2", "secret": "s", "verification_token": "v", "encrypt_key": "k", "name": "Two",
              "event_url": "http://127.0.0.1:1/", "scopes": ["im:message"]}]
            """
        let apps = try SandboxApp.list(from: Array(text.utf8))
        #expect(apps.map(\.name) == ["cli_1", "Two"])
        #expect(apps[0].encryptKey == nil)
        #expect(apps[0].scopes == Scopes.usual)
        #expect(apps[1].scopes == ["im:message"])
        #expect(apps[1].eventURL == "http://127.0.0.1:1/")
    }

    @Test("an incomplete app is named by its place", arguments: ["{}", "nonsense", #"[{"id": "cli_1"}]"#])
    func incomplete(text: String) {
        #expect(throws: ControlError.self) { try SandboxApp.list(from: Array(text.utf8)) }
    }
}
