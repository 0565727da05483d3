import MeetingMinutes
import Testing

/// What extraction finds of the marks in `Fixtures`. Half of the meetings were looked at while the words were chosen, so the
/// figures are better than those of meetings nobody has seen; `docs/minutes.md` has both.
@Suite("Extraction from marked meetings")
struct MarkedMeetingsTests {
    private struct Tally {
        /// Marks, and those that a fact of their kind cites.
        var marks = 0
        var found = 0
        /// Facts, and those that cite a mark of their kind.
        var facts = 0
        var right = 0
        /// Marks that were found and have an owner, and those whose owner the fact has; likewise dates.
        var owned = 0
        var ownersRight = 0
        var dated = 0
        var datesRight = 0

        var recall: Double { Double(found) / Double(marks) }
        var precision: Double { Double(right) / Double(facts) }
    }

    private func tally(_ kind: Fact.Kind) throws -> Tally {
        var tally = Tally()
        for name in MeetingFixture.names {
            let meeting = try MeetingFixture(name)
            let marks = meeting.marks.filter { $0.kind == kind }
            let facts = FactExtractor().facts(of: meeting.transcript).filter { $0.kind == kind }
            func isSame(_ fact: Fact, _ mark: MeetingFixture.Mark) -> Bool {
                !Set(fact.utterances).isDisjoint(with: mark.utterances)
            }
            tally.marks += marks.count
            tally.facts += facts.count
            tally.right += facts.count { fact in marks.contains { isSame(fact, $0) } }
            for mark in marks {
                let same = facts.filter { isSame($0, mark) }
                guard !same.isEmpty else { continue }
                tally.found += 1
                if let owner = mark.owner {
                    tally.owned += 1
                    if same.contains(where: { $0.owner == owner }) { tally.ownersRight += 1 }
                }
                if let due = mark.due {
                    tally.dated += 1
                    if same.contains(where: { $0.due.map { due.contains($0) || $0.contains(due) } ?? false }) {
                        tally.datesRight += 1
                    }
                }
            }
        }
        return tally
    }

    @Test(
        "finds most marks of a kind, and little else",
        arguments: [(Fact.Kind.action, 0.8, 0.8), (.decision, 0.55, 0.8), (.question, 0.45, 0.8), (.risk, 0.55, 0.65)]
    )
    func marks(kind: Fact.Kind, recall: Double, precision: Double) throws {
        let tally = try tally(kind)
        #expect(tally.recall >= recall, "\(tally)")
        #expect(tally.precision >= precision, "\(tally)")
    }

    @Test("says whose a task is, and when it is due, as the meeting does")
    func owners() throws {
        let tally = try tally(.action)
        #expect(tally.ownersRight * 10 >= tally.owned * 9, "\(tally)")
        #expect(tally.datesRight * 10 >= tally.dated * 9, "\(tally)")
    }
}
