extension Setting {
    /// Servers of the Model Context Protocol whose tools the model may use.
    static let tools: [Setting] = [
        Setting(
            "tools.mcp_servers[].name",
            "MCP_NAME",
            .identifier,
            "What the server is called; its tools are NAME__TOOL to the model."
        ),
        Setting(
            "tools.mcp_servers[].url",
            "MCP_URL",
            .url(["https", "http"]),
            "Where it is, for one that speaks HTTP."
        ),
        Setting(
            "tools.mcp_servers[].command",
            "MCP_COMMAND",
            .text,
            "Program that is it, with arguments separated by blanks, for one on this machine."
        ),
        Setting(
            "tools.mcp_servers[].authorization",
            "MCP_AUTHORIZATION",
            .text,
            secrecy: .secret,
            "Value of the header Authorization, such as \"Bearer …\"; a program gets it as MCP_AUTHORIZATION."
        ),
        Setting(
            "tools.mcp_servers[].allowed_tools",
            "MCP_ALLOWED_TOOLS",
            .words,
            "Its tools that are offered to the model; none named: all."
        ),
        Setting(
            "tools.mcp_servers[].sensitive_tools",
            "MCP_SENSITIVE_TOOLS",
            .words,
            "Its tools that are called only after the person agreed."
        ),
        Setting(
            "tools.mcp_servers[].timeout",
            "MCP_TIMEOUT",
            .seconds(0.1...3_600),
            default: "30",
            "Seconds that one call may take."
        ),
    ]
}
