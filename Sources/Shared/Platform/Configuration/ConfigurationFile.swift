import Yams

/// `config.yaml` taken apart: one entry per leaf, in the order of the file.
struct ConfigurationFile {
    enum Leaf: Equatable {
        /// A plain scalar: text, number or word, as written.
        case plain(String)
        /// A quoted or block scalar, which is always text.
        case quoted(String)
        /// A list of scalars.
        case items([String])
        /// A mapping or list where a leaf was expected further down than any setting goes.
        case nested
    }

    struct Entry {
        /// The key with list indexes: `feishu.apps[0].app_id`.
        let path: String
        /// The same without them: `feishu.apps[].app_id`.
        let key: String
        let leaf: Leaf
        /// Counted from 1.
        let line: Int
    }

    private(set) var entries: [Entry] = []

    /// Reads the YAML text of a configuration file. Keys without a value count as not written.
    ///
    /// - Throws: one problem, when the text is no YAML, holds a key twice or is no mapping.
    init(parsing text: String, name: String) throws(ConfigurationProblems) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw ConfigurationProblems(problems: [ConfigurationProblem(name, Self.explanation(of: error))])
        }
        guard let root, root.null == nil else { return }
        guard let mapping = root.mapping else {
            throw ConfigurationProblems(problems: [ConfigurationProblem(name, "expected a mapping of keys to values")])
        }
        add(mapping, path: "", key: "")
    }

    private mutating func add(_ mapping: Node.Mapping, path: String, key: String) {
        for (name, value) in mapping {
            let name = name.scalar?.string ?? "?"
            add(value, path: path.isEmpty ? name : "\(path).\(name)", key: key.isEmpty ? name : "\(key).\(name)")
        }
    }

    private mutating func add(_ node: Node, path: String, key: String) {
        let line = node.mark?.line ?? 0
        switch node {
        case .mapping(let mapping):
            if mapping.isEmpty {
                entries.append(Entry(path: path, key: key, leaf: .nested, line: line))
            }
            add(mapping, path: path, key: key)
        case .sequence(let sequence):
            let items = sequence.compactMap { $0.scalar?.string }
            if items.count == sequence.count {
                entries.append(Entry(path: path, key: key, leaf: .items(items), line: line))
            } else {
                for (index, item) in sequence.enumerated() {
                    add(item, path: "\(path)[\(index)]", key: "\(key)[]")
                }
            }
        case .scalar(let scalar):
            guard scalar.style == .plain || scalar.style == .any else {
                entries.append(Entry(path: path, key: key, leaf: .quoted(scalar.string), line: line))
                return
            }
            if node.null == nil {
                entries.append(Entry(path: path, key: key, leaf: .plain(scalar.string), line: line))
            }
        case .alias:
            entries.append(Entry(path: path, key: key, leaf: .nested, line: line))
        }
    }

    /// What is wrong, without quoting the text: it may hold a secret.
    private static func explanation(of error: any Error) -> String {
        switch error as? YamlError {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "not YAML: \(problem), line \(mark.line)"
        case .reader(let problem, _, _, _): "not YAML: \(problem)"
        case .duplicatedKeysInMapping(let duplicates, let context):
            "key \(duplicates.joined(separator: ", ")) is there twice, line \(context.mark.line)"
        default: "not YAML"
        }
    }
}
