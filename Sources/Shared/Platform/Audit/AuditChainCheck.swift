/// Follows a chain of records and finds the first that does not belong. No I/O: its tests are plain calls.
package struct AuditChainCheck: Sendable {
    /// The last record that was found good, or what the first has to follow; nil where the chain may begin anywhere.
    package private(set) var last: AuditLink?
    /// The number of the first record; nil before there was one.
    package private(set) var first: Int64?
    package private(set) var count = 0
    /// A jump ahead. Whether the records between are gone or only out of order, the next record shows.
    private var jump: (expected: Int64, breach: AuditBreach)?

    /// - Parameter link: What the first record has to follow; nil: it may be any.
    package init(after link: AuditLink?) { last = link }

    /// Takes the next record.
    ///
    /// - Parameters:
    ///   - line: Its text.
    ///   - place: The number that its place in the log stands for; nil where places have none.
    /// - Returns: What is wrong, at this record or before; nothing more is to be taken then.
    package mutating func take(_ line: [UInt8], at place: Int64? = nil) -> AuditBreach? {
        let record: AuditRecord
        do throws(AuditRecord.Flaw) {
            record = try AuditRecord(line: line)
        } catch {
            if let jump { return jump.breach }
            switch error {
            case .altered(let seq): return AuditBreach(.altered, seq, "record \(seq) was altered")
            case .unreadable:
                let seq = place ?? (last?.seq ?? 0) + 1
                return AuditBreach(.unreadable, seq, "what stands in the place of record \(seq) is not a record")
            }
        }
        if let jump {
            guard record.seq == jump.expected else { return jump.breach }
            return AuditBreach(.reordered, record.seq, "record \(record.seq) stands behind a later one")
        }
        if let last {
            let expected = last.seq + 1
            if record.seq > expected {
                jump = (expected, .missing(expected, through: record.seq - 1))
                return nil
            }
            if record.seq < expected {
                return AuditBreach(.reordered, record.seq, "record \(record.seq) stands behind record \(last.seq)")
            }
            if record.previous != last.hash {
                return AuditBreach(
                    .unchained,
                    record.seq,
                    "record \(record.seq) does not follow from record \(last.seq): one of them is not the original"
                )
            }
        }
        if let place, place != record.seq {
            return AuditBreach(.reordered, record.seq, "record \(record.seq) stands in the place of record \(place)")
        }
        last = record.link
        first = first ?? record.seq
        count += 1
        return nil
    }

    /// Tells what only the end shows: records that are missing before the last one.
    package func end() -> AuditBreach? { jump?.breach }
}
