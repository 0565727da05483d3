/// Words of questions about anything: that a meeting said them tells nothing of whether a question is about it. Beside them
/// there are `AskingWords` and `MeetingWords`.
enum EverydayWords {
    /// By stem.
    static let english = Set(
        """
        day week month year time date tomorrow yesterday tonight monday tuesday wednesday thursday friday saturday \
        sunday morning afternoon evening hour minute hello hi hey dear write read help translate rewrite draft \
        summarise show find search list need use try learn start stop open change add set send call word sentence \
        text email message file document page table chart code function error example difference best better nice \
        big small long short first second last next many different possible important easy hard free english chinese \
        language person someone anyone everyone nobody company world weather news joke story name remember forget \
        never always often soon later ago half several action item task risk recap overview agenda responsible \
        assigned deadline
        """
        .split(separator: " ").map { SearchStem.of(String($0)) }
    )

    /// The longer before what they contain.
    static let chinese = [
        "可不可以", "一下子", "今天", "明天", "昨天", "后天", "前天", "现在", "目前", "最近", "以后", "以前", "之前", "之后", "最后",
        "时候", "时间", "早上", "上午", "中午", "下午", "晚上", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "星期",
        "本周", "这周", "上周", "下周", "月底", "今年", "明年", "去年", "我们", "你们", "他们", "咱们", "自己", "别人", "有人",
        "公司", "同事", "老板", "这个", "那个", "这些", "那些", "一个", "一些", "一下", "一篇", "一封", "一段", "一份", "一句",
        "两个", "第一", "第二", "可以", "可能", "需要", "应该", "必须", "希望", "想要", "知道", "解释", "说明", "翻译", "推荐",
        "查询", "搜索", "帮忙", "谢谢", "你好", "您好", "写成", "写个", "改成", "使用", "开始", "结束", "准备", "处理", "完成",
        "进行", "问题", "方法", "办法", "原因", "区别", "例子", "意思", "名字", "东西", "事情", "工作", "学习", "文件", "文档",
        "邮件", "消息", "代码", "函数", "英文", "中文", "因为", "所以", "如果", "但是", "还是", "或者", "以及", "已经", "正在",
        "一起", "一直", "非常", "比较", "最好", "天气",
    ]
}
