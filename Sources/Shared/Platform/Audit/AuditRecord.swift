import Cryptography
package import JSON

/// A place in the chain: a record's number and hash, or the origin before the first.
package struct AuditLink: Sendable, Equatable {
    package let seq: Int64
    /// SHA-256 in lower-case hexadecimal.
    package let hash: String

    package init(seq: Int64, hash: String) {
        self.seq = seq
        self.hash = hash
    }

    /// What the first record follows.
    package static let origin = AuditLink(seq: 0, hash: String(repeating: "0", count: 64))
}

/// One record of the audit log, bound to the one before by its hash.
///
/// Its text is one line of JSON with the members in the order of `members`, those that are nil left out, and no
/// blanks. The hash is the SHA-256 of that text without its last member, which is the hash.
package struct AuditRecord: Sendable, Equatable {
    /// From 1, without a gap.
    package let seq: Int64
    package let at: AuditTime
    package let entry: AuditEntry
    /// The hash of the record before; 64 zeros for the first.
    package let previous: String
    package let hash: String

    /// The largest text of a record, in bytes.
    package static let maximumBytes = 65_536

    package var link: AuditLink { AuditLink(seq: seq, hash: hash) }

    /// Seals an entry behind `link`, cut to size and without what looks like a secret.
    package init(_ entry: AuditEntry, at: AuditTime, after link: AuditLink) {
        self.init(seq: link.seq + 1, at: at, entry: AuditRedaction.cleaned(entry), previous: link.hash)
    }

    private init(seq: Int64, at: AuditTime, entry: AuditEntry, previous: String) {
        self.seq = seq
        self.at = at
        self.entry = entry
        self.previous = previous
        hash = Hex.encode(SHA256.hash(JSONValue.object(Self.members(seq, at, entry, previous)).bytes))
    }

    /// The record as JSON.
    package var json: JSONValue {
        var members = Self.members(seq, at, entry, previous)
        members["hash"] = .string(hash)
        return .object(members)
    }

    /// The record as it is stored: one line, without its end.
    package var line: [UInt8] { json.bytes }

    private static func members(
        _ seq: Int64,
        _ at: AuditTime,
        _ entry: AuditEntry,
        _ previous: String
    ) -> JSONObject {
        var members: JSONObject = ["seq": .integer(seq), "at": .string(at.text), "actor": .string(entry.actor)]
        members["role"] = entry.role.map { .string($0) }
        members["address"] = entry.address.map { .string($0) }
        members["action"] = .string(entry.action)
        members["target"] = entry.target.map { .string($0) }
        members["outcome"] = .string(entry.outcome.rawValue)
        members["request_id"] = entry.requestID.map { .string($0) }
        members["detail"] = entry.detail.map { .string($0) }
        members["before"] = entry.before
        members["after"] = entry.after
        members["previous"] = .string(previous)
        return members
    }
}

extension AuditRecord {
    /// Why a line is not a record as it was written.
    package enum Flaw: Error, Equatable {
        /// No record at all, or not in the form that records have.
        case unreadable
        /// A record whose hash is not that of its text. The number is what the text says.
        case altered(Int64)
    }

    /// Reads a line, and proves that each of its bytes is as it was written.
    ///
    /// - Throws: `Flaw`.
    package init(line: [UInt8]) throws(Flaw) {
        guard line.count <= Self.maximumBytes, let json = try? JSONValue(parsing: line),
            let seq = json["seq"]?.integer, (1..<Int64.max).contains(seq),
            let at = json["at"]?.string.flatMap({ AuditTime($0) }),
            let actor = json["actor"]?.string, let action = json["action"]?.string,
            let outcome = json["outcome"]?.string.flatMap({ AuditOutcome(rawValue: $0) }),
            let previous = json["previous"]?.string, let hash = json["hash"]?.string
        else { throw .unreadable }
        let entry = AuditEntry(
            actor: actor,
            role: json["role"]?.string,
            address: json["address"]?.string,
            action: action,
            target: json["target"]?.string,
            outcome: outcome,
            requestID: json["request_id"]?.string,
            detail: json["detail"]?.string,
            before: json["before"],
            after: json["after"]
        )
        self.init(seq: seq, at: at, entry: entry, previous: previous)
        // Not only the values: another order, a blank or a member that we do not know changes the text.
        guard self.hash == hash, self.line == line else { throw .altered(seq) }
    }
}
