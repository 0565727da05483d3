/// The first place where a log is not as it was written.
package struct AuditBreach: Sendable, Equatable, CustomStringConvertible {
    package enum Kind: String, Sendable {
        /// A record whose text was changed.
        case altered
        /// What stands there is no record.
        case unreadable
        /// Records that are not there.
        case missing
        /// A record in another's place.
        case reordered
        /// A record that is whole in itself and does not follow from the one before: another, or one put between.
        case unchained
        /// What is remembered of the last record is not what the last record is.
        case head
        /// What is remembered of the last record that retention removed is not what the first that is left follows.
        case anchor
        /// The file and Redis have different records of one number.
        case differs
    }

    package let kind: Kind
    /// The number of the record, or of the first one that is missing.
    package let seq: Int64
    /// What is wrong, in a sentence.
    package let description: String

    init(_ kind: Kind, _ seq: Int64, _ description: String) {
        self.kind = kind
        self.seq = seq
        self.description = description
    }

    static func missing(_ first: Int64, through last: Int64, _ note: String = "") -> AuditBreach {
        let which = first == last ? "record \(first) is missing" : "records \(first) to \(last) are missing"
        return AuditBreach(.missing, first, which + note)
    }
}
