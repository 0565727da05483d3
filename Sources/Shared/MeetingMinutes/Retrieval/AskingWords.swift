/// What makes a question of words and says nothing of its subject.
enum AskingWords {
    /// By stem.
    static let english = Set(
        """
        upon various status current summarize summary discuss discussion talk think thought said say mention recommend \
        recommendation propose proposal suggest suggestion opinion agree disagree conclude conclusion decide decision describe \
        description explain explanation introduce meeting group team member participant reason main give view attitude regarding \
        related toward put forward according detail consider come came answer response respond reply want plan overall general \
        aspect topic content feel felt believe question concern comment present presentation contribute advantage disadvantage \
        idea personal during mind ask speaker
        """
        .split(separator: " ").map { SearchStem.of(String($0)) }
    )

    /// The longer before what they contain.
    static let chinese = [
        "有没有人", "怎么样", "怎么办", "为什么", "是不是", "有没有", "能不能", "请问", "帮我", "告诉", "怎么看", "怎么", "怎样", "如何",
        "什么时候", "什么", "多少", "多久", "哪些", "哪里", "哪个", "几个", "是谁", "谁", "总结", "概括", "介绍", "讨论", "提到", "提出",
        "谈到", "说到", "说了", "认为", "觉得", "关于", "方面", "会议", "会上", "大家", "看法", "观点", "意见", "建议", "内容", "主要", "情况",
    ]
}
