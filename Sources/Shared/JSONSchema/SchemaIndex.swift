import JSON

/// Which schemas a document holds, and by what names they are referred to.
struct SchemaIndex: Sendable {
    private let bounds: SchemaBounds
    private(set) var problems: [SchemaProblem] = []
    /// By address.
    private(set) var resources: [String: SchemaPlace] = [:]
    /// By address and name, with `#` between them.
    private(set) var anchors: [String: SchemaPlace] = [:]
    /// Those of `$dynamicAnchor`, by name.
    private(set) var dynamicAnchors: [String: [SchemaPlace]] = [:]
    private var count = 0

    init(_ root: SchemaPlace, bounds: SchemaBounds) {
        self.bounds = bounds
        resources[root.base] = root
        add(root, depth: 0)
        if count > bounds.schemas {
            problems = [
                SchemaProblem(pointer: "", keyword: "", explanation: "holds more than \(bounds.schemas) schemas")
            ]
        }
    }

    private mutating func add(_ place: SchemaPlace, depth: Int) {
        count += 1
        guard count <= bounds.schemas else { return }
        guard depth < bounds.depth else {
            note(place, "", "is nested more than \(bounds.depth) schemas deep")
            return
        }
        guard let object = place.schema.object else { return }
        identify(place, object)
        for member in object.members {
            if SchemaKeywords.single.contains(member.key), let child = place.child(member.key) {
                add(child, depth: depth + 1)
            } else if SchemaKeywords.lists.contains(member.key), let list = place.child(member.key) {
                for index in (member.value.array ?? []).indices {
                    if let child = list.child(String(index)) { add(child, depth: depth + 1) }
                }
            } else if SchemaKeywords.maps.contains(member.key), let map = member.value.object {
                let pointer = place.pointer.appending(member.key)
                for entry in map.members {
                    add(SchemaPlace(entry.value, at: pointer.appending(entry.key), in: place.base), depth: depth + 1)
                }
            }
        }
    }

    /// Notes by what names a schema is known.
    private mutating func identify(_ place: SchemaPlace, _ object: JSONObject) {
        if let id = object["$id"] {
            let fragment = id.string.flatMap { URIReference($0).fragment } ?? ""
            if id.string == nil || !fragment.isEmpty {
                note(place, "$id", "expected an address without a fragment")
            } else if let other = resources[place.base], other.pointer != place.pointer {
                note(place, "$id", "is the address of another schema, too")
            } else {
                resources[place.base] = place
            }
        }
        for keyword in ["$anchor", "$dynamicAnchor"] {
            guard let value = object[keyword] else { continue }
            guard let name = value.string, Self.isName(name) else {
                note(place, keyword, "expected a name of letters, digits, '-', '.' and '_'")
                continue
            }
            let key = "\(place.base)#\(name)"
            if let other = anchors[key], other.pointer != place.pointer {
                note(place, keyword, "is the name of another schema, too")
            }
            anchors[key] = place
            if keyword == "$dynamicAnchor" { dynamicAnchors[name, default: []].append(place) }
        }
    }

    private mutating func note(_ place: SchemaPlace, _ keyword: String, _ explanation: String) {
        let pointer = keyword.isEmpty ? place.pointer : place.pointer.appending(keyword)
        problems.append(SchemaProblem(pointer: pointer.description, keyword: keyword, explanation: explanation))
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "."),
            !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        else { return false }
        return text.unicodeScalars.allSatisfy {
            $0.isASCII
                && ($0.properties.isAlphabetic || $0.properties.numericType != nil || "-._".unicodeScalars.contains($0))
        }
    }
}
