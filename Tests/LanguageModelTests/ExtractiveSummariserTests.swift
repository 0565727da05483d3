import LanguageModel
import Testing

@Suite("Extractive summariser")
struct ExtractiveSummariserTests {
    @Test("keeps to the subject of a Chinese text and leaves the small talk out")
    func chinese() {
        let text = """
            大家早上好，先说声天气真不错。本季度支付系统的主要问题是回调延迟，平均延迟达到三秒。昨晚的球赛你们看了吗？\
            支付回调延迟的原因是队列积压，消费者数量不足。食堂今天有红烧肉。我们计划把支付回调的消费者从四个扩到十二个，\
            队列积压超过一千条时报警。小王的猫生病了。扩容之后支付回调延迟预计降到三百毫秒以内。散会后一起吃饭。
            """
        let summary = ExtractiveSummariser().summary(of: text, atMost: .init(sentences: 3))
        #expect(summary.count == 3)
        #expect(summary.allSatisfy { $0.contains("支付") })
    }

    @Test("keeps to the subject of an English text and leaves the small talk out")
    func english() {
        let text = """
            Good morning, nice weather today. The payment service drops webhook calls when the queue grows beyond its memory. \
            Did anyone watch the game? The queue grows because webhook consumers restart on every deployment of the payment \
            service. My cat is ill. We will move webhook consumers out of the payment service, so that deployments no longer \
            restart them. Lunch is at noon. After that change the queue should stay under one thousand webhook calls.
            """
        let summary = ExtractiveSummariser().summary(of: text, atMost: .init(sentences: 3))
        #expect(summary.count == 3)
        #expect(summary.allSatisfy { $0.contains("webhook") })
    }

    @Test("does not say the same twice")
    func redundancy() {
        let repeated = "The migration of the billing database is planned for the second week of March."
        let sentences = [
            repeated, repeated, repeated,
            "The billing database needs a new replica before the migration begins.",
            "Customers were told about the migration of their billing data by letter.",
        ]
        let chosen = ExtractiveSummariser().selection(from: sentences, atMost: .init(sentences: 3))
        #expect(chosen.filter { $0 < 3 }.count == 1)
    }

    @Test("quotes, in the text's order, within both bounds")
    func bounds() {
        let sentences = (0..<200).map {
            "Point \($0) concerns topic \($0 % 7) and system \($0 % 11) of the release plan."
        }
        let chosen = ExtractiveSummariser().selection(from: sentences, atMost: .init(sentences: 12, characters: 300))
        #expect(chosen == chosen.sorted())
        #expect(!chosen.isEmpty && chosen.reduce(0) { $0 + sentences[$1].count } <= 300)
        #expect(ExtractiveSummariser().selection(from: sentences, atMost: .init(sentences: 12)).count == 12)
    }

    @Test("gives the same answer each time")
    func deterministic() {
        let sentences = (0..<300).map { "条目\($0)：系统\($0 % 13)的延迟与队列\($0 % 5)有关，需要在第\($0 % 9)周处理。" }
        let results = (0..<3).map { _ in ExtractiveSummariser().selection(from: sentences, atMost: .init(sentences: 10))
        }
        #expect(Set(results).count == 1)
    }

    @Test("texts without anything to choose from give nothing or themselves")
    func degenerate() {
        let summariser = ExtractiveSummariser()
        #expect(summariser.summary(of: "", atMost: .init(sentences: 3)).isEmpty)
        #expect(summariser.summary(of: "！！！…\n\n", atMost: .init(sentences: 3)).isEmpty)
        #expect(summariser.summary(of: "只有一句话要说。", atMost: .init(sentences: 3)) == ["只有一句话要说。"])
        #expect(summariser.summary(of: "One. Two. Three.", atMost: .init(sentences: 0)).isEmpty)
    }

    @Test("a transcript of hours is summarised in parts, from all over it")
    func long() {
        let topics = ["预算", "招聘", "部署", "测试", "合同", "培训"]
        let sentences = (0..<4_000).map { index in
            "关于\(topics[index * topics.count / 4_000])第\(index)项，负责人说明了进度\(index % 17)和风险\(index % 23)。"
        }
        let chosen = ExtractiveSummariser().selection(from: sentences, atMost: .init(sentences: 30))
        #expect(chosen.count == 30)
        #expect(chosen.contains { $0 < 1_500 } && chosen.contains { $0 > 2_500 })
    }
}
