/// About how many tokens of a model a text is: one a character of Chinese, Japanese or Korean, one for four others.
enum TextMeasure {
    static func tokens(in text: some StringProtocol) -> Int {
        var quarters = 0
        for scalar in text.unicodeScalars { quarters += scalar.value >= 0x2E80 ? 4 : 1 }
        return (quarters + 3) / 4
    }
}
