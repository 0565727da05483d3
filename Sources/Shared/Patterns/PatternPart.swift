/// What a regular expression is made of.
indirect enum PatternPart: Sendable, Equatable {
    /// Conditions on a place, which take no character.
    enum Condition: Sendable, Equatable {
        case start, end
        case wordBorder, noWordBorder
    }

    case set(ScalarSet)
    case condition(Condition)
    case sequence([PatternPart])
    case choice([PatternPart])
    /// A group that is kept, by its number from 1.
    case group(PatternPart, Int)
    /// At least and at most so often, nil for no bound; first as often as possible, or as seldom.
    case repeated(PatternPart, least: Int, most: Int?, isGreedy: Bool)
}
