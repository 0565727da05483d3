import LanguageModel
import Testing

@testable import MeetingMinutes

@Suite("Noise of speech")
struct SpokenNoiseTests {
    @Test(
        "goes out of an English sentence, and nothing else does",
        arguments: [
            ("Okay, so um we we decided to {vocalsound} wait .", "we decided to wait."),
            ("Well, I think we 're done , you know .", "I think we're done, you know."),
            ("No, that is not right.", "No, that is not right."),
            ("We have have had no answer, uh.", "We have had no answer."),
            ("I'm not sure that that is it.", "I'm not sure that that is it."),
            ("Uh.", "Uh."),
        ]
    )
    func english(said: String, expected: String) {
        #expect(SpokenNoise(.english).removed(from: said) == expected)
    }

    @Test(
        "goes out of a Chinese sentence, and nothing else does",
        arguments: [
            ("嗯，那个，我们决定先上线。", "我们决定先上线。"), ("这这个方案就是就是成本太高。", "这个方案就是成本太高。"), ("谢谢大家看看这份材料。", "谢谢大家看看这份材料。"),
            ("不要不要改了。", "不要改了。"), ("嗯。", "嗯。"), ("我觉得呃，可以先做一半。", "我觉得，可以先做一半。"),
        ]
    )
    func chinese(said: String, expected: String) {
        #expect(SpokenNoise(.chinese).removed(from: said) == expected)
    }
}
