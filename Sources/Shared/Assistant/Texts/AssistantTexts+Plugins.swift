import LanguageModel
import Plugins

extension AssistantTexts {
    /// Below the help: the commands of plugins.
    ///
    /// - Parameters:
    ///   - board: Those that are installed.
    ///   - choice: Those that there are in the chat.
    /// - Returns: A line for each of the first 20; empty where there is none.
    func pluginCommands(_ board: PluginBoard, of choice: PluginChoice = .all) -> String {
        let offered = board.plugins.lazy.filter { $0.condition.isCallable && choice.has($0.name) }
        let lines = offered.compactMap { plugin -> String? in
            let names = plugin.manifest.triggers.compactMap { trigger -> String? in
                guard case .command(let name, let aliases) = trigger else { return nil }
                let others = aliases.map { "/" + $0.plainInMarkdown }.joined(separator: say("、", ", "))
                return Self.command(name) + (others.isEmpty ? "" : say("（\(others)）", " (\(others))"))
            }
            guard !names.isEmpty else { return nil }
            let about = say(plugin.manifest.chineseDescription, plugin.manifest.englishDescription)
            return "- \(names.joined(separator: say("、", ", ")))\(say("：", ": "))\(about.plainInMarkdown)"
        }
        let shown = Array(lines.prefix(20))
        guard !shown.isEmpty else { return "" }
        return say("插件：", "Plugins:") + "\n" + shown.joined(separator: "\n")
    }

    /// As our own stand in the help; a mark of code within it would end it.
    private static func command(_ name: String) -> String {
        name.contains("`") ? "/" + name.plainInMarkdown : "`/\(name)`"
    }

    /// To a command of a plugin that cannot be called.
    func plugin(_ name: String, is condition: HostedPlugin.Condition) -> String {
        switch condition {
        case .disabled:
            say("插件 \(name) 已停用，请联系管理员。", "The plugin \(name) is disabled. Please ask your administrator.")
        case .ready, .starting, .failing:
            say("插件 \(name) 现在无法运行，请稍后再试。", "The plugin \(name) does not run now. Please try again later.")
        }
    }

    /// Of one that was uninstalled meanwhile.
    func pluginIsGone(_ name: String) -> String {
        say("插件 \(name) 已被卸载。", "The plugin \(name) is not installed any more.")
    }

    /// In the place of a part of an answer that Feishu refuses.
    func refusedPart(of name: String) -> String {
        say("插件 \(name) 的回答无法显示。", "What the plugin \(name) answered cannot be shown.")
    }

    /// What became of a call.
    func failure(_ failure: PluginFailure, of name: String) -> String {
        switch failure {
        case .refused(let words):
            words ?? say("插件 \(name) 拒绝了这个请求。", "The plugin \(name) refused this.")
        case .timedOut:
            say("插件 \(name) 没有按时回答，请稍后再试。", "The plugin \(name) did not answer in time. Please try again later.")
        case .unreachable:
            say("插件 \(name) 现在联系不上，请稍后再试。", "The plugin \(name) cannot be reached now. Please try again later.")
        case .crashed:
            say("插件 \(name) 意外退出了，请稍后再试。", "The plugin \(name) ended unexpectedly. Please try again later.")
        case .busy, .full:
            say("插件 \(name) 现在太忙，请稍后再试。", "The plugin \(name) is too busy now. Please try again later.")
        case .open:
            say(
                "插件 \(name) 最近多次出错，暂时停止调用，请稍后再试。",
                "The plugin \(name) failed often of late and is left alone for a while. Please try again later."
            )
        case .tooLarge:
            say("插件 \(name) 的回答太大，无法显示。", "The answer of the plugin \(name) is too large to be shown.")
        case .callTooLarge:
            say("内容太长，插件 \(name) 无法处理。", "This is too long for the plugin \(name).")
        case .notJSON, .notAsAgreed:
            say(
                "插件 \(name) 的回答无法理解，请联系管理员。",
                "The answer of the plugin \(name) makes no sense. Please tell your administrator."
            )
        case .failed, .addressRefused, .cancelled:
            say("插件 \(name) 出错了，请联系管理员。", "The plugin \(name) failed. Please tell your administrator.")
        }
    }
}
