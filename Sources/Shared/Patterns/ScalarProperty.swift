/// A property of characters that `\p{…}` names: a general category of Unicode, or one of a few others.
struct ScalarProperty: Sendable, Equatable {
    private enum Kind: Sendable, Equatable {
        case categories([Unicode.GeneralCategory])
        case any, alphabetic, ideographic, lowercase, uppercase, whiteSpace
    }

    private let kind: Kind

    /// Nil for a name that is not known.
    ///
    /// - Parameter name: What stands between the braces, such as `L`, `Lu`, `gc=Nd` or `Alphabetic`.
    init?(_ name: String) {
        let parts = name.split(separator: "=", omittingEmptySubsequences: false)
        if parts.count == 2, parts[0] == "gc" || parts[0] == "General_Category" {
            guard let categories = Self.categories(String(parts[1])) else { return nil }
            kind = .categories(categories)
            return
        }
        switch name {
        case "Any": kind = .any
        case "Alphabetic", "Alpha": kind = .alphabetic
        case "Ideographic", "Ideo": kind = .ideographic
        case "Lowercase", "Lower": kind = .lowercase
        case "Uppercase", "Upper": kind = .uppercase
        case "White_Space", "space": kind = .whiteSpace
        default:
            guard let categories = Self.categories(name) else { return nil }
            kind = .categories(categories)
        }
    }

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch kind {
        case .categories(let categories): categories.contains(scalar.properties.generalCategory)
        case .any: true
        case .alphabetic: scalar.properties.isAlphabetic
        case .ideographic: scalar.properties.isIdeographic
        case .lowercase: scalar.properties.isLowercase
        case .uppercase: scalar.properties.isUppercase
        case .whiteSpace: scalar.properties.isWhitespace
        }
    }

    private static func categories(_ name: String) -> [Unicode.GeneralCategory]? {
        switch name {
        case "L", "Letter":
            [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter]
        case "LC", "Cased_Letter": [.uppercaseLetter, .lowercaseLetter, .titlecaseLetter]
        case "Lu", "Uppercase_Letter": [.uppercaseLetter]
        case "Ll", "Lowercase_Letter": [.lowercaseLetter]
        case "Lt", "Titlecase_Letter": [.titlecaseLetter]
        case "Lm", "Modifier_Letter": [.modifierLetter]
        case "Lo", "Other_Letter": [.otherLetter]
        case "M", "Mark": [.nonspacingMark, .spacingMark, .enclosingMark]
        case "Mn", "Nonspacing_Mark": [.nonspacingMark]
        case "Mc", "Spacing_Mark": [.spacingMark]
        case "Me", "Enclosing_Mark": [.enclosingMark]
        case "N", "Number": [.decimalNumber, .letterNumber, .otherNumber]
        case "Nd", "Decimal_Number": [.decimalNumber]
        case "Nl", "Letter_Number": [.letterNumber]
        case "No", "Other_Number": [.otherNumber]
        case "P", "Punctuation":
            [
                .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
                .finalPunctuation, .otherPunctuation,
            ]
        case "Pc", "Connector_Punctuation": [.connectorPunctuation]
        case "Pd", "Dash_Punctuation": [.dashPunctuation]
        case "Ps", "Open_Punctuation": [.openPunctuation]
        case "Pe", "Close_Punctuation": [.closePunctuation]
        case "Pi", "Initial_Punctuation": [.initialPunctuation]
        case "Pf", "Final_Punctuation": [.finalPunctuation]
        case "Po", "Other_Punctuation": [.otherPunctuation]
        case "S", "Symbol": [.mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol]
        case "Sm", "Math_Symbol": [.mathSymbol]
        case "Sc", "Currency_Symbol": [.currencySymbol]
        case "Sk", "Modifier_Symbol": [.modifierSymbol]
        case "So", "Other_Symbol": [.otherSymbol]
        case "Z", "Separator": [.spaceSeparator, .lineSeparator, .paragraphSeparator]
        case "Zs", "Space_Separator": [.spaceSeparator]
        case "Zl", "Line_Separator": [.lineSeparator]
        case "Zp", "Paragraph_Separator": [.paragraphSeparator]
        case "C", "Other": [.control, .format, .surrogate, .privateUse, .unassigned]
        case "Cc", "Control": [.control]
        case "Cf", "Format": [.format]
        case "Co", "Private_Use": [.privateUse]
        case "Cn", "Unassigned": [.unassigned]
        default: nil
        }
    }
}
