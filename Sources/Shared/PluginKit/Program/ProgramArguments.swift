import JSON

/// What a plugin's program was asked to do.
enum ProgramArguments: Equatable {
    struct Serving: Equatable {
        var host = "127.0.0.1"
        var port = 8300
        var prefix = ""
        var secretFile: String?
        var isInsecure = false
    }

    case serve(Serving)
    case manifest
    case schema
    case call(text: String, configuration: JSONObject, language: Language)
    case help

    /// Arguments that are not understood.
    struct NotUnderstood: Error, Equatable {
        let description: String
    }

    /// What the words behind the program's name mean.
    ///
    /// - Throws: ``NotUnderstood``.
    init(_ words: [String]) throws(NotUnderstood) {
        var rest = Words(words.dropFirst())
        switch words.first {
        case nil: self = .serve(Serving())
        case "serve": self = .serve(try Self.serving(&rest))
        case "manifest": self = .manifest
        case "schema": self = .schema
        case "call": self = try Self.calling(&rest)
        case "help", "--help", "-h": self = .help
        case .some(let word): throw NotUnderstood(description: "there is no command \(word)")
        }
        if let word = rest.next() { throw NotUnderstood(description: "\(word) is not understood here") }
    }

    private static func serving(_ words: inout Words) throws(NotUnderstood) -> Serving {
        var serving = Serving()
        while let word = words.next() {
            switch word {
            case "--host": serving.host = try words.value(of: word)
            case "--port":
                guard let port = Int(try words.value(of: word)), (0...65_535).contains(port) else {
                    throw NotUnderstood(description: "--port: expected 0 to 65535")
                }
                serving.port = port
            case "--prefix":
                serving.prefix = try words.value(of: word)
                while serving.prefix.hasSuffix("/") { serving.prefix.removeLast() }
            case "--secret-file": serving.secretFile = try words.value(of: word)
            case "--insecure": serving.isInsecure = true
            default: throw NotUnderstood(description: "\(word) is not understood here")
            }
        }
        return serving
    }

    private static func calling(_ words: inout Words) throws(NotUnderstood) -> ProgramArguments {
        var text: String?
        var configuration: JSONObject = [:]
        var language = Language.chinese
        while let word = words.next() {
            switch word {
            case "--config":
                guard let object = try? JSONValue(parsing: try words.value(of: word)).object else {
                    throw NotUnderstood(description: "--config: expected an object of JSON")
                }
                configuration = object
            case "--language":
                guard let known = Language(rawValue: try words.value(of: word)) else {
                    throw NotUnderstood(description: "--language: expected zh-CN or en")
                }
                language = known
            default:
                guard text == nil else { throw NotUnderstood(description: "expected one text; put it in quotes") }
                text = word
            }
        }
        guard let text else { throw NotUnderstood(description: "call: expected a text") }
        return .call(text: text, configuration: configuration, language: language)
    }

    /// The words that were not taken yet.
    private struct Words {
        private var rest: ArraySlice<String>

        init(_ words: ArraySlice<String>) { rest = words }

        mutating func next() -> String? { rest.popFirst() }

        mutating func value(of name: String) throws(NotUnderstood) -> String {
            guard let value = next() else { throw NotUnderstood(description: "\(name): expected a value") }
            return value
        }
    }

    static let usage = """
        commands:
          serve      serve the plugin over HTTP until SIGTERM (what happens without a command)
                       --host HOST         address to listen on (127.0.0.1)
                       --port PORT         port to listen on, 0 for any (8300)
                       --prefix PATH       what stands before the contract's paths, such as /weather
                       --secret-file FILE  secret of the signatures; else PLUGIN_SECRET
                       --insecure          ask for no signatures; on this machine only
          manifest   print the manifest, to be kept as manifest.json
          schema     print the JSON Schema of the configuration
          call TEXT  call the plugin with a text and print what it answers
                       --config JSON       its configuration
                       --language LANGUAGE zh-CN or en (zh-CN)

        """
}
