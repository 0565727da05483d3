import JSON
import NIOConcurrencyHelpers
import Testing
import ToolProtocol

/// A server with the tools that a test lists.
struct ScriptedToolServer: ToolServer {
    let name: String
    var offered: [OfferedTool] = []
    var failure: ToolProtocolError.Code?

    init(_ name: String, _ tools: String..., failure: ToolProtocolError.Code? = nil) {
        self.name = name
        self.failure = failure
        offered = tools.map {
            OfferedTool(name: $0, description: "d", parameters: ["type": "object"], isSensitive: $0.hasPrefix("rm"))
        }
    }

    func tools() async throws(ToolProtocolError) -> [OfferedTool] {
        if let failure { throw ToolProtocolError(failure, server: name) }
        return offered
    }

    func call(_ tool: String, _ arguments: JSONObject) async throws(ToolProtocolError) -> ToolResult {
        ToolResult(text: "\(name) \(tool) \(JSONValue.object(arguments).text)")
    }

    func close() async {}
}

@Suite("Tools of several servers")
struct ToolSetTests {
    @Test("names are those that models may know, each used once")
    func names() async {
        let long = String(repeating: "x", count: 80)
        let set = ToolSet(
            [
                ScriptedToolServer("wiki", "read", "pages/find", "pages.find", "搜索"),
                ScriptedToolServer("b", long, long + "y", "rm"),
            ],
            logger: silent
        )
        let tools = await set.tools()
        #expect(
            tools.map(\.name) == [
                "wiki__read", "wiki__pages_find", "wiki__pages_find_2", "wiki____",
                "b__" + long.prefix(61), "b__" + long.prefix(59) + "_2", "b__rm",
            ]
        )
        #expect(tools.map(\.isSensitive) == [false, false, false, false, false, false, true])
        #expect(tools.allSatisfy { $0.name.utf8.count <= 64 })
    }

    @Test("a call goes to the server that has the tool, under the name it has there")
    func calls() async throws {
        let set = ToolSet([ScriptedToolServer("a", "x/y"), ScriptedToolServer("b", "x/y")], logger: silent)
        let answer = try await set.call("b__x_y", ["n": 1])
        #expect(answer.text == #"b x/y {"n":1}"#)
        let tool = try #require(await set.tools().first)
        let direct = try await set.call(tool, [:])
        #expect(direct.text == "a x/y {}")
        let error = await failure { _ = try await set.call("b__z", [:]) }
        #expect(error?.code == .unknownTool)
    }

    @Test("a server that does not answer is left out")
    func leftOut() async {
        let set = ToolSet(
            [ScriptedToolServer("a", "x", failure: .timedOut), ScriptedToolServer("b", "y")],
            logger: silent
        )
        #expect(await set.tools().map(\.name) == ["b__y"])
        #expect(ToolSet([], logger: silent).isEmpty)
    }
}
