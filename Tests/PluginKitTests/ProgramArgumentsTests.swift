import JSON
import Testing

@testable import PluginKit

@Suite("The arguments of a plugin's program")
struct ProgramArgumentsTests {
    @Test("mean to serve where there are none")
    func none() throws {
        #expect(try ProgramArguments([]) == .serve(.init()))
    }

    @Test("say where and how it serves")
    func serving() throws {
        let words = "serve --host :: --port 0 --prefix /a/ --secret-file s --insecure".split(separator: " ")
        let wanted = ProgramArguments.Serving(host: "::", port: 0, prefix: "/a", secretFile: "s", isInsecure: true)
        #expect(try ProgramArguments(words.map(String.init)) == .serve(wanted))
    }

    @Test("say what it is called with")
    func calling() throws {
        let arguments = try ProgramArguments(["call", "a b", "--config", #"{"x":1}"#, "--language", "en"])
        #expect(arguments == .call(text: "a b", configuration: ["x": 1], language: .english))
    }

    @Test(
        "that are not understood are named",
        arguments: [
            ["run"], ["serve", "--port"], ["serve", "--port", "70000"], ["manifest", "x"], ["call"],
            ["call", "a", "--config", "[]"], ["call", "a", "b"], ["call", "a", "--language", "fr"],
        ]
    )
    func refused(words: [String]) {
        #expect(throws: ProgramArguments.NotUnderstood.self) { try ProgramArguments(words) }
    }
}
