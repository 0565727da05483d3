import Testing
import TimePhrases

@testable import MeetingMinutes

@Suite("Numbers in a meeting")
struct NumberReaderTests {
    private func numbers(_ text: String) -> [SpokenNumber] { NumberReader.numbers(in: PhraseScanner(text)) }

    private static let valuesRows: [(String, Double)] = [
        ("1,234.5", 1_234.5), ("12k", 12_000), ("3M", 3_000_000), ("2.5bn", 2.5e9), ("3w", 30_000), ("25%", 25),
        ("1/3", 1.0 / 3), ("8 thousand", 8_000), ("1.5 million", 1_500_000), ("3千万", 3e7), ("2万5千", 25_000),
        ("120万", 1.2e6),
        ("1.5 亿", 1.5e8), ("1.5亿", 1.5e8), ("１２３", 123), ("200,000cases", 200_000), ("三千五百", 3_500), ("八千", 8_000),
        ("两万", 20_000),
        ("三千五", 3_500), ("两万三", 23_000), ("一百二", 120), ("一百零二", 102), ("一千零五十", 1_050), ("十来个", 10), ("十二", 12),
        ("二十", 20), ("一百二十七", 127), ("三千万", 3e7), ("一亿两千万", 1.2e8), ("百分之十", 10), ("百分之十二点五", 12.5),
        ("三分之一", 1.0 / 3),
        ("三点五", 3.5), ("两年半", 2.5), ("一个半小时", 1.5), ("二零二六", 2_026), ("三成", 30), ("十万", 100_000), ("两百五", 250),
        ("半年", 0.5), ("eight thousand", 8_000), ("a dozen", 12), ("two dozen", 24), ("half", 0.5),
        ("half a million", 500_000),
        ("twenty-five percent", 25), ("twenty five", 25), ("two hundred and fifty", 250),
        ("one hundred and five", 105),
        ("two and a half million", 2_500_000), ("one point five", 1.5), ("three point one four", 3.14),
        ("two thirds", 2.0 / 3), ("three quarters", 0.75), ("nineteen ninety six", 1_996),
        ("twenty twenty six", 2_026),
        ("a hundred", 100), ("three thousand two hundred", 3_200), ("fifty million Euros", 5e7),
        ("twelve and a half", 12.5),
        ("forty", 40), ("seventeen", 17), ("3rd", 3), ("第三", 3), ("¥500", 500), ("$3.5m", 3.5e6),
    ]

    @Test(
        "are read in digits, Chinese and English",
        arguments: Self.valuesRows
    )
    func values(text: String, expected: Double) throws {
        let values = try #require(numbers(text).first).values
        #expect(values.contains { abs($0 - expected) < 1e-6 * max(1, expected) }, "\(values)")
    }

    private static let sameRows: [(String, String)] = [
        ("八千条", "8,000"), ("8000", "八千"), ("eight thousand", "8k"), ("八千", "eight thousand"), ("25%", "百分之二十五"),
        ("1/4", "25%"), ("四分之一", "25%"), ("三成", "30%"), ("a quarter", "25%"), ("一半", "50%"), ("half", "50%"),
        ("1.5亿", "1.5 亿"),
        ("1.5 亿", "150,000,000"), ("一亿五千万", "1.5亿"), ("两周", "14天"), ("two weeks", "14 days"), ("半小时", "30分钟"),
        ("一个半小时", "90 minutes"), ("半年", "6个月"), ("六个月", "half a year"), ("五千块", "¥5000"), ("五千块钱", "5,000 元"),
        ("五千", "5000美元"), ("a dozen", "12"), ("两三个", "2"), ("两三个", "3"), ("七八千", "8000"), ("十七八", "17"),
        ("3-5万", "50000"),
        ("3-5万", "30000"), ("10到20%", "10%"), ("三五天", "5 days"), ("二零二六年", "2026"), ("third", "3rd"),
        ("一百二", "120"),
        ("百分之十", "10"), ("ten percent", "10 %"), ("a couple of", "2"), ("两千次", "2,000"), ("３万", "三万"),
        ("12.5%", "百分之十二点五"),
        ("a week", "7 days"), ("fifty thousand dollars", "$50k"), ("五万美元", "$50,000"),
    ]

    @Test(
        "say the same in whatever form",
        arguments: Self.sameRows
    )
    func same(said: String, claimed: String) throws {
        let claim = try #require(numbers(claimed).last)
        #expect(numbers(said).contains { $0.says(claim) }, "\(numbers(said)) \(claim)")
    }

    @Test(
        "are told apart",
        arguments: [
            ("八千", "8"), ("八千", "800"), ("八千条", "80000"), ("五千块", "$5000"), ("25%", "2.5%"), ("两周", "2 天"),
            ("两周", "2 个月"),
            ("三个月", "3 年"), ("twenty five", "26"), ("一百二", "102"), ("10%", "10 美元"), ("120", "20"), ("1.5", "5"),
            ("1,500", "500"),
        ]
    )
    func other(said: String, claimed: String) throws {
        let claim = try #require(numbers(claimed).first)
        #expect(!numbers(said).contains { $0.says(claim) }, "\(numbers(said)) \(claim)")
    }

    @Test(
        "are not in every word",
        arguments: [
            "统一处理", "万一出错", "一起看一下", "第三方接口", "千万别忘了", "十分重要", "this one", "someone", "V2", "GPT-4", "no one", "zero",
            "the second", "hundreds of people", "双十一大促", "张三", "百度", "often", "几十个",
        ]
    )
    func none(text: String) {
        #expect(numbers(text).filter(\.isClaim) == [])
    }
}
