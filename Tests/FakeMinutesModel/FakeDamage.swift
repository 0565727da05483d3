import JSON

/// What models get wrong in facts that were right. Every third is damaged, the others are left clean.
enum FakeDamage {
    static func isDamaged(_ index: Int) -> Bool { index % 3 == 1 }

    /// Some of it can be read all the same, some cannot.
    static func types(of facts: [FakeFact]) -> [JSONValue] {
        facts.enumerated().map { index, fact in
            guard case .object(var object) = fact.json else { return fact.json }
            switch index % 7 {
            case 0: object["utterances"] = .array(fact.utterances.map { .string("#\($0)") })
            case 1: object["kind"] = .string(fact.kind.uppercased())
            case 2: object["text"] = 12
            case 3: object["utterances"] = .string(fact.utterances.map(String.init).joined(separator: ", "))
            case 4: object["owner"] = ["name": "nobody"]
            case 5: object["utterances"] = nil
            default: object["confidence"] = 0.9
            }
            return .object(object)
        }
    }

    static func inventedOwners(in facts: [FakeFact]) -> [FakeFact] {
        facts.enumerated().map { index, fact in
            guard isDamaged(index) else { return fact }
            var fact = fact
            fact.kind = "action"
            fact.owner = Invented.owners[index % Invented.owners.count]
            return fact
        }
    }

    static func inventedNumbers(in facts: [FakeFact]) -> [FakeFact] {
        facts.enumerated().map { index, fact in
            guard isDamaged(index) else { return fact }
            var fact = fact
            let invented = Invented.figures[index % Invented.figures.count]
            if index % 2 == 0 {
                fact.kind = "action"
                fact.due = Invented.dates[index % Invented.dates.count]
            } else {
                fact.text += " (\(invented))"
            }
            return fact
        }
    }

    static func badUtterances(in facts: [FakeFact], of turns: [Turn]) -> [FakeFact] {
        let last = turns.last?.number ?? 0
        return facts.enumerated().map { index, fact in
            guard isDamaged(index) else { return fact }
            var fact = fact
            switch index % 4 {
            case 0: fact.utterances = [99_999]
            case 1: fact.utterances = [0, -3]
            case 2: fact.utterances += [last + 1_000]
            default: fact.utterances = [last + 1]
            }
            return fact
        }
    }
}

/// What a model makes up: said in no meeting, so that whoever sees it later knows where it is from.
package enum Invented {
    package static let owners = ["Zebulon Quartermain", "欧阳无忌", "Dr Xanthippe Vole", "司徒问天"]
    package static let figures = ["7,391,842", "83.71%", "¥9,046,517"]
    package static let dates = ["19 July 2031", "2031年7月19日", "2031-07-19"]

    /// Whether a text holds any of it.
    package static func occurs(in text: String) -> Bool {
        (owners + figures + dates).contains { text.contains($0) }
    }
}
