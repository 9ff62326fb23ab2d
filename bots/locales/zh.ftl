# 聊天前端的中文（简体）文字。`.slash` 是命令在 Discord 上的名称。
# 句子里的命令用英文名：在任何地方都能识别。

## 命令

cmd-watch = 一起看：直接播放；如果正在播放别的，就加入队列。
    .slash = 一起看
    .link = 链接或搜索词
    .mode = 从现在起队列如何排序
    .title = 从现在起房间叫什么
    .when = 什么时候开始，例如 20:30、tomorrow 20:30 或 in 2h
cmd-queue = 接下来播放什么。
    .slash = 队列
cmd-queue-list = 查看正在播放和接下来的内容。
    .slash = 列表
cmd-queue-add = 加到队列末尾。
    .slash = 添加
    .link = 一个或多个链接，或搜索词
cmd-queue-next = 插到队列最前面。
    .slash = 插队
    .link = 一个或多个链接，或搜索词
cmd-queue-remove = 从队列中移除一项。
    .slash = 移除
    .item = 列表中的编号
cmd-queue-move = 把一项移到别的位置。
    .slash = 移动
    .item = 列表中的编号
    .to = 新的编号
cmd-queue-shuffle = 打乱队列顺序。
    .slash = 打乱
cmd-queue-clear = 清空队列；正在播放的继续播放。
    .slash = 清空
cmd-queue-import = 把整个列表加入队列：播放列表，或一段带链接的文字。
    .slash = 导入
    .link = 列表的链接，或多个链接本身
cmd-queue-export = 把队列导出为文件。
    .slash = 导出
    .form = 每行一个链接，或包含全部信息的 JSON
cmd-play = 为所有人继续播放。
    .slash = 播放
cmd-pause = 为所有人暂停。
    .slash = 暂停
cmd-seek = 跳到某个时间，例如 1:30、+30 或 50%。
    .slash = 跳转
    .time = 时间，例如 1:30、+30、-1m 或 50%
cmd-forward = 快进几秒。
    .slash = 快进
    .length = 多远，例如 30 或 1:30；不填为 10 秒
cmd-rewind = 后退几秒。
    .slash = 后退
    .length = 多远，例如 30 或 1:30；不填为 10 秒
cmd-skip = 播放下一个，或投票跳过。
    .slash = 跳过
cmd-back = 回到上一个。
    .slash = 上一个
cmd-now = 查看正在播放什么、播到哪里。
    .slash = 正在播放
cmd-mode = 查看或更改队列的排序方式。
    .slash = 模式
    .mode = 从现在起如何排序
cmd-speed = 更改播放速度。
    .slash = 速度
    .speed = 速度，例如 1.25
cmd-vote = 投票，或把自己无权做的事交给大家表决。
    .slash = 投票
    .what = skip、pause、play、seek 1:30、队列编号、yes 或 no
cmd-history = 查看播放过什么。
    .slash = 历史
    .count = 显示多少条
cmd-playlist = 已保存的播放列表。
    .slash = 播放列表
cmd-playlist-list = 查看已保存的播放列表。
    .slash = 列表
cmd-playlist-save = 把正在播放和接下来的内容存为播放列表。
    .slash = 保存
    .name = 叫什么名字
cmd-playlist-load = 把已保存的播放列表全部加入队列。
    .slash = 载入
    .playlist = 哪个列表
cmd-playlist-delete = 删除已保存的播放列表。
    .slash = 删除
    .playlist = 哪个列表
cmd-invite = 显示进入房间的链接。
    .slash = 邀请
cmd-who = 看看谁在这里。
    .slash = 谁在
cmd-role = 给某人换一个房间角色。
    .slash = 角色
    .person = 给哪个人
    .role = 哪个角色
cmd-kick = 把某人请出去；之后可以再来。
    .slash = 踢出
    .person = 哪个人
cmd-ban = 禁止某人进入房间。
    .slash = 封禁
    .person = 哪个人
    .length = 多久，例如 2h 或 7d；不填为永久
    .reason = 封禁的原因
cmd-unban = 允许某人再次进入。
    .slash = 解封
    .person = 哪个人
cmd-settings = 查看或更改房间和本聊天的设置。
    .slash = 设置
    .setting = 哪一项设置
    .value = 新的值
cmd-schedule = 查看或更改房间的开放和关闭时间。
    .slash = 日程
    .when = 何时开放，例如 20:30、tomorrow 20:30 或 in 2h；off 取消
    .until = 何时关闭
cmd-link = 把本聊天连到别处的房间，或把你的 Discord 和 Telegram 身份合在一起。
    .slash = 关联
    .to = 邀请链接，或另一边给的代码；留空可获取代码
cmd-unlink = 让本聊天与房间断开；房间继续存在。
    .slash = 取消关联
cmd-end = 为所有人结束房间。
    .slash = 结束
cmd-help = 查看所有命令，或其中一个。
    .slash = 帮助
    .command = 哪个命令

## 选项名称和可选的词

opt-link = 链接
opt-mode = 模式
opt-title = 标题
opt-when = 时间
opt-item = 编号
opt-to = 目标
opt-form = 格式
opt-time = 位置
opt-length = 时长
opt-speed = 速度
opt-what = 内容
opt-count = 数量
opt-name = 名称
opt-playlist = 播放列表
opt-person = 成员
opt-role = 角色
opt-reason = 原因
opt-setting = 设置项
opt-value = 值
opt-until = 截止
opt-command = 命令

choice-manual = 手动
choice-vote = 按票数
choice-loop = 循环
choice-dj = DJ
choice-fair = 轮流
choice-guest = 访客
choice-trusted = 信任成员
choice-moderator = 管理员
choice-cohost = 副房主
choice-host = 房主
choice-links = 链接
choice-json = JSON
choice-yes = 是
choice-no = 否
choice-now = 现在
choice-today = 今天
choice-tomorrow = 明天

## 按钮

button-open = 打开房间
button-pause = 暂停
button-play = 播放
button-skip = 跳过
button-back = 上一个
button-back10 = −10 秒
button-forward10 = +10 秒
button-queue = 队列
button-more = 更多
button-coming = 我会来
button-pick = 现在播放
button-propose = 发起投票
button-ask-host = 问房主
button-ask = 问{ $name }
button-yes = 是
button-no = 否
button-sure-clear = 清空队列
button-sure-end = 结束房间
button-sure-unlink = 断开本聊天
button-sure-ban = 封禁
button-sure-delete = 删除
button-never = 取消
button-queue-that = 加入队列
button-undo = 撤销

## 缺少什么或哪里不对

hint-missing = 还缺点什么：{ $usage }
hint-subcommand = 请写其中一个：{ $all }。
hint-number = 请用 /queue list 中的编号指明，例如 2。
hint-seek = 请说明跳到哪里，例如 /seek 1:30、/seek +30 或 /seek 50%。
hint-mode = 队列的排序方式有：manual、vote、loop、dj、fair。
hint-role = 角色有：guest、trusted、moderator、cohost、host。
hint-vote = 请说明投什么票，例如 /vote skip、/vote seek 1:30、/vote 2、/vote yes 或 /vote no。
hint-when = { $input } 不是时间。请写 20:30、tomorrow 20:30、2026-12-31 20:30 或 in 2h。
hint-old-card = 这张卡片属于以前的房间。请用最新的一张，或发送 /now。
fault = 我们这边出错了（编号 { $trace }）。请再试一次。

## 回答

never = 保持原样。
people = { $count ->
    [0] 还没有人
   *[other] { $count } 人
}
until-viewer = 有人打开房间后
until-start = 房间开放后
until-ready = 所有人加载完成后
until-stall = 所有人重新加载完成后
paused = 已在 { $at } 暂停。
starts = { $when }开始。
playing-from = 从 { $at } 开始播放。
now-at = 现在到 { $at }。
now-playing = 正在播放 { $title }。
that-was-the-last = 这是最后一个。用 /watch 加链接再添加一些。
speed-is = 速度为 { $rate }。
removed = 已移除 { $title }。
shuffled = { $count ->
    [1] 队列里只有一个，不用打乱。
   *[other] 已打乱队列中的 { $count } 个。
}
cleared = 队列已清空。正在播放的继续播放。
queued-as = 已加入队列，编号 { $number }：{ $title }。
queued = 已加入队列。
come-and-watch = 来一起看：{ $link }
at = 播到 { $at }
at-of = 播到 { $at }，共 { $length }
at-live = 直播
now-playing-for = 正在播放，{ $at }。观看：{ $people }。
now-starts = { $when }开始，{ $at }。
now-paused = 已暂停，{ $at }。
next-is = 下一个是 { $title }，队列中有 { $count } 个。
nothing-next = 后面没有了。
queue-line = { $title }，来自 { $name }
and-more = 还有 { $count } 个。

## 卡片

card-nothing = 没有在播放
card-add-something = 用 /watch 加链接添加一个。
card-live = 直播中 · { $people }
card-playing = 正在播放 · { $people }
card-starts = { $when }开始
card-starts-at = { $when }从 { $at } 开始
card-paused = 已在 { $at } 暂停
card-paused-of = 已在 { $at } 暂停，共 { $length }
card-added-by = 由 { $name } 添加。

## 核心：命令的回答

# 时长
span-seconds = { $count ->
   *[other] { $count } 秒
}
span-minutes = { $count ->
   *[other] { $count } 分钟
}
span-hours = { $minutes ->
    [0] { $hours } 小时
   *[other] { $hours } 小时 { $minutes } 分钟
}
span-days = { $count ->
   *[other] { $count } 天
}

# 加入队列
starts-in = 大约 { $time }后开始。
queued-many = 已加入 { $count } 个，从编号 { $number } 开始。第一个是 { $title }。
queued-more = { $count ->
   *[other] 又加入了 { $count } 个。
}
left-out = 已略过 { $link }：{ $why }
left-out-more = 还略过了 { $count } 个。
room-called = 房间从现在起叫 { $title }。
moved = { $title } 现在是第 { $number } 个。
exported = { $count ->
   *[other] 队列文件，共 { $count } 个。
}
sure-clear = { $count ->
   *[other] 清空队列里的 { $count } 个吗？正在播放的继续播放。
}
queue-votes = { $count ->
   *[other] { $count } 票
}
queue-in = 大约 { $time }后
mode-manual = 队列按加入的先后播放。
mode-vote = 队列按票数排序：/vote 加编号。
mode-loop = 队列循环播放：播完的排到最后。
mode-dj = 正在播放的会一直重播，直到有人换一个。
mode-fair = 大家轮流：谁也不用等别人的二十个放完。
or-the-code = 或在首页输入这个代码：{ $code }
history-line = { $title }，来自 { $name }，{ $time }前
history-line-now = { $title }，来自 { $name }，刚刚
history-none = 还没有播放过什么。
taken-back = 已撤销。

# 谁可以，以及还能怎么做
only-who = 在这里只有{ $who }可以{ $what }。可以用 /vote 让大家表决。
only-who-ask = 在这里只有{ $who }可以{ $what }。请找 { $host }，或用 /vote 让大家表决。
who-the-host = 房主
who-registered = 有账号的人
who-trusted = { $host } 和信任成员
who-moderators = { $host } 和管理员
who-cohosts = { $host } 和副房主

# 投票
vote-tally = { $what }：{ $yes }/{ $needed }。{ $time }后结束。
vote-against = { $count ->
   *[other] { $count } 人反对。
}
vote-rejected = { $what }：反对的人太多，保持原样。
vote-expired = { $what }：到时投票的人不够。
vote-void = { $what }：这件事已经过去了，投票也就结束了。
vote-over = 这个投票已结束。
no-votes = 现在没有投票。可以用 /vote skip 或 /vote seek 1:30 发起一个。
voted = { $count ->
   *[other] 你投了 { $title }：共 { $count } 票。
}
voted-not = { $count ->
    [0] 你收回了给 { $title } 的票。
   *[other] 你收回了给 { $title } 的票：还剩 { $count } 票。
}
votes-do-not-order = 票数现在还不影响队列顺序：用 /mode vote 可以更改。
button-yes-to = 同意：{ $what }
button-no-to = 反对：{ $what }
motion-play = 继续播放
motion-pause = 暂停
motion-skip = 跳过
motion-back = 回到上一个
motion-seek = 跳到 { $what }
motion-forward = 快进 { $what }
motion-rewind = 后退 { $what }
motion-speed = 速度 { $what }
motion-pick = 现在播放 { $what }
motion-remove = 移除 { $what }
motion-shuffle = 打乱队列
motion-clear = 清空队列
asks-play = { $name } 想继续播放。
asks-pause = { $name } 想暂停。
asks-skip = { $name } 想跳过这个。
asks-back = { $name } 想回到上一个。
asks-seek = { $name } 想跳到 { $what }。
asks-forward = { $name } 想快进 { $what }。
asks-rewind = { $name } 想后退 { $what }。
asks-speed = { $name } 想把速度调为 { $what }。
asks-pick = { $name } 想现在播放 { $what }。
asks-remove = { $name } 想移除 { $what }。
asks-shuffle = { $name } 想打乱队列。
asks-clear = { $name } 想清空队列。
is-that-fine = { $names }，可以吗？
hint-voice = 这里只有语音频道里的人可以投票。请先加入，再投一次。

# 成员
who-nobody = 房间里还没有人。
who-here = { $count ->
   *[other] 房间里有 { $count } 人：
}
who-line = { $name }，{ $door }
who-line-role = { $name }，{ $role }，{ $door }
who-coming = { $count ->
   *[other] { $count } 人会来：{ $names }。
}
door-viewer = 在网页上
door-api = 通过程序
door-discord = 在 Discord 上
door-telegram = 在 Telegram 上
door-opentogethertube = 通过 OpenTogetherTube
door-watch2gether = 通过 Watch2Gether
door-watchers = 通过 watchers.io
door-clipper = 通过 Clipper
door-room = 房间本身
role-is = { $name } 现在是{ $role }。
role-already = { $name } 已经是{ $role }了。
role-none = { $name } 不再有自己的角色。
role-host = { $name } 现在是房主。原来的房主成为副房主。
kicked = { $name } 已被请出去，但可以再来；/ban 可禁止进入。
sure-ban = 永久禁止 { $name } 进入吗？只禁一段时间，请写 /ban 加名字和 length:2h。
banned = { $name } 已被禁止进入。用 /unban 可重新允许。
banned-for = { $name } 被禁止进入，时长 { $time }。用 /unban 可提前允许。
unbanned = { $name } 可以再次进入了。
you-as = { $name }（你）
hint-not-banned = { $name } 没有被禁止进入。
hint-unknown-person = 这个人从没来过这个房间。用 /who 看看谁在。
hint-several-people = 可能指好几个人：{ $names }。请把名字写全一些，或提及对方。

# 播放列表
playlists-of-room = 房间的播放列表：
playlists-of-you = 你自己的：
playlists-none = 还没有播放列表。用 /playlist save 加名字保存正在播放和接下来的内容。
playlist-line = { $name }（{ $count }）
playlist-saved = { $count ->
   *[other] 已将 { $count } 个存为 { $name }。
}
playlist-saved-own = { $count ->
   *[other] 已将 { $count } 个存为 { $name }，仅供你自己使用。
}
playlist-loaded = { $count ->
   *[other] 已从 { $name } 加入 { $count } 个。
}
playlist-deleted = 播放列表 { $name } 已删除。
sure-delete = { $count ->
   *[other] 删除播放列表 { $name }（{ $count } 个）吗？
}

# 日程
opens-at = 房间将在 { $at }（{ $zone }）开放，还有 { $time }。
closes-at = 将在 { $at }（{ $zone }）关闭，还有 { $time }。
open-now = 房间已开放。
open-already = 房间本来就是开放的。
schedule-none = 房间已开放，没有安排日程。请写 /schedule 20:30、/schedule tomorrow 20:30 或 /schedule in 2h。
schedule-ended = 房间已结束。用 /schedule now 重新打开。
schedule-closed = 房间已关闭。用 /schedule now 重新打开。
zone-hint = 这里的时间按 UTC 计算，除非有人设置别的时区，例如 /settings timezone Asia/Shanghai。
coming-count = { $count ->
   *[other] { $count } 人会来。
}
you-are-coming = { $count ->
    [1] 你会来，目前是第一个。
   *[other] 你会来，一共 { $count } 人。
}
you-are-not-coming = 你不来了。
moment-choice = { $input }：{ $at }，{ $time }后
hint-when-past = 这个时间已经过去了。请写一个将来的时间，例如 tomorrow 20:30 或 in 2h。
hint-when-far = 那是一年多以后了。请写一个早些的时间。
hint-when-bad = 没有这样的日期或时间。请写 20:30、tomorrow 20:30、2026-12-31 20:30 或 in 2h。
after-part = “{ $what }”部分之后（{ $at }）

# 房间和聊天
link-code = 在另一边发送 /link { $code }：发给我们在 Discord 或 Telegram 上的机器人，或发到房间的聊天里，这样你在这里就是同一个人。代码仅供你使用，有效期 { $time }。要把本聊天连到一个房间，请写 /link 加它的邀请链接。
linked-selves = 好了：你在两边现在是同一个人，{ $name }。
tied = 本聊天现在连到 { $title }。
tied-as-guests = 这里的人在那边都是访客，本聊天的管理者也一样，因为你不是那个房间的副房主。
tied-before = 之前连到 { $title }，那个房间会照常继续。
sure-unlink = 让本聊天与 { $title } 断开吗？房间会继续，本聊天的设置会丢失。
untied = 本聊天已与 { $title } 断开。用 /watch 加链接重新开始。
sure-end = { $count ->
    [0] 为所有人结束 { $title } 吗？
   *[other] 为所有人结束 { $title } 吗？里面有 { $count } 人。
}
ended = { $title } 已结束。用 /watch 加链接重新开始。
hint-room-ended = 这个房间已结束。用 /watch 加链接开一个新的，或用 /schedule now 重新打开。
hint-link = 它不通向本服务器的任何房间。请粘贴邀请链接，或另一边给的代码。
hint-chat-only = 只能在 Discord 或 Telegram 的聊天里这样做。
hint-steward = 只有管理本聊天的人可以更改。请找管理员。
hint-leads = 只有管理此服务器的人才能决定身份组的作用。请联系拥有“管理服务器”权限的人。

# 设置
settings-of-room = 房间：
settings-of-chat = 本聊天：
settings-how = 用 /settings 加名称和值来更改，例如 /settings vote_skip on。
setting-line = { $name }：{ $value }
setting-title = 房间叫什么。
setting-about = 房间的简介。
setting-visibility = 谁能进入：所有人（public 还会出现在列表里；unlisted 不会）、有邀请链接的人（invite），或有链接且别人不知道房间存在（private）。
setting-password = 外面的人进入时要输入的密码。
setting-capacity = 房间里最多同时有多少人。
setting-preset = 谁能做什么：everyone 是所有人都能播放和加队列；open 是所有人还能更改设置；hosts 是只有房主和副房主能做。
setting-vote_skip = 跳过是否只能通过投票。
setting-vote_percent = 一百个投票者中要有多少人同意才通过。
setting-duplicates = 同一个链接能否在队列里出现两次。
setting-items_per_person = 每人最多同时有多少个在等待。
setting-minutes_per_person = 每人最多同时有多少分钟在等待。
setting-wait = 播放器加载时影片等谁：不等、等房主，或等所有人。
setting-ready = 是否等所有人加载完才开始。
setting-skip_segments = 跳过视频的哪些部分。
setting-slow_mode = 同一个人在房间聊天里两次发言的间隔。
setting-moderation = 是否不许访客发链接、不许任何人连发相同的话。
setting-profanity = 是否遮盖脏话。
setting-restore = 所有人离开后队列怎么办：保留（always）、问回来的人（prompt），或丢弃（never）。
setting-language = 本聊天的卡片和通知用什么语言。
setting-timezone = 本聊天里的时间按哪个时区。
setting-bridge = 本聊天的消息是否进房间，房间的消息是否到这里来。
setting-chat_in = 本聊天的消息是否进房间。
setting-chat_out = 房间的消息是否到本聊天来。
setting-notices = 是否告诉本聊天大家在房间里做了什么。
setting-threads = 每次放映是否有自己的子区。
setting-voice = 是否只有语音频道里的人能投票。
setting-polls = 投票是否用 Telegram 的投票功能。
setting-dj = 拥有本服务器某个身份组的人在房间里是什么角色。
can-be-switch = 可以是 on 或 off。
can-be-one-of = 可以是其中一个：{ $all }。
can-be-some = 可以是 all、off，或其中几个：{ $all }。
can-be-number = 可以是数字或 off。
can-be-percent = 可以是 1 到 100（百分比）。
can-be-length = 可以是时长（如 30s 或 5m）或 off。
can-be-text = 可以是任何文字；不需要时用 off。
can-be-zone = 可以是时区（如 Asia/Shanghai 或 America/New_York）或 UTC。
can-be-rank = 可以是身份组和对应的角色，例如 @DJ moderator：guest、trusted、moderator 或 cohost。@DJ off 取消这一个，off 取消全部。
hint-setting = 没有这项设置。有这些：{ $all }。
hint-other-platform = 这项设置属于另一个平台。
hint-switch = 请写 on 或 off。
hint-one-of = 请写其中一个：{ $all }。
hint-count = 请写 1 以上的数字，或 off。
hint-percent = 请写 1 到 100，例如 50%。
hint-length = 请写时长，例如 30s、5m 或 2h，或 off。
hint-zone = 没有这个时区。请写类似 Asia/Shanghai、America/New_York 或 UTC。
hint-dj = 请写身份组和对应的角色，例如 @DJ moderator：guest、trusted、moderator 或 cohost。
hint-no-roles = 身份组只有 Discord 服务器才有：只能在那里这样做。
cannot-read-discord = 但我看不到这里写的内容。服务器的运营者需要在 Discord 开发者门户为机器人打开“Message Content Intent”，然后重启服务器。
cannot-read-telegram = 但我看不到这里写的内容。服务器的运营者需要向 @BotFather 发送 /setprivacy 并选择 Disable，再把我移出本群后重新加入。

# 更多可选的词
choice-on = 开
choice-off = 关
choice-in = 只进
choice-none = 无
choice-never = 从不
choice-all = 全部
choice-always = 总是
choice-prompt = 询问
choice-public = 公开
choice-unlisted = 不列出
choice-invite = 凭邀请
choice-private = 私密
choice-everyone = 所有人
choice-open = 开放
choice-hosts = 仅房主
choice-own = 自定规则
choice-registered = 有账号
choice-sponsor = 广告
choice-intro = 片头
choice-outro = 片尾
choice-interaction = 互动提示
choice-selfpromo = 自我推广
choice-music_offtopic = 非音乐
choice-preview = 预告

## Discord：只在那里说的

discord-ends = { $status }，{ $when }结束
discord-open-at = 打开房间：{ $link }
discord-menu-queue = 把视频加入队列
discord-menu-invite = 邀请一起看
discord-launch = 启动
discord-no-link = 那条消息里没有链接。
discord-no-bots = 那是机器人。请邀请真人。
discord-add-several = 添加多个
discord-add-title = 添加多个链接
discord-links = 链接
discord-links-hint = 每行一个
discord-rooms = { $count ->
   *[other] { $count } 个房间
}
discord-lacking = 我在这里的权限不够。请管理本服务器的人给我：{ $permission }。
discord-permission-view = 查看频道
discord-permission-send = 发送消息
discord-permission-send-in-threads = 在子区内发送消息
discord-permission-threads = 创建公开子区
discord-permission-events = 创建活动

## 卡片：更多

card-opens = 开放时间
card-not-open = 还没开放
card-first-is = 第一个是 { $title }。
card-coming = { $count ->
   *[other] { $count } 人会来。
}
card-ended = 这个房间已结束
card-skip-votes-of = 跳过，{ $votes }/{ $needed } 票

## 桥接：告诉聊天的话

bridge-dropped = { $count ->
   *[other] ……还有 { $count } 条消息
}
bridge-begins = { $title } 现在开始。
bridge-begins-for = { $title } 现在开始。{ $names }：来看吧。
bridge-and-others = { $count ->
   *[other] 另外 { $count } 人
}
notice-paused = { $name } 在 { $at } 暂停了。
notice-played = { $name } 从 { $at } 继续播放。
notice-seeked = { $name } 跳到了 { $at }。
notice-skipped = { $name } 跳到了 { $title }。
notice-skipped-last = { $name } 跳过了最后一个。
notice-back = { $name } 回到了 { $title }。
notice-picked = { $name } 换上了 { $title }。
notice-rate = { $name } 把速度调为 { $rate }。
notice-added = { $name } 添加了 { $title }。
notice-added-many = { $name } 添加了 { $count } 个，第一个是 { $title }。
notice-removed = { $name } 移除了 { $title }。
notice-moved = { $name } 把 { $title } 移到了第 { $number } 个。
notice-shuffled = { $name } 打乱了队列。
notice-cleared = { $name } 清空了队列。
notice-unshelved = { $name } 恢复了之前的队列。
notice-role = { $name } 把 { $whom } 设为{ $role }。
notice-kicked = { $name } 把 { $whom } 请了出去。
notice-banned = { $name } 禁止 { $whom } 进入。
notice-unbanned = { $name } 允许 { $whom } 再次进入。
notice-opened = 房间已开放。
notice-ended = 房间已结束。
notice-ended-by = { $name } 结束了房间。

## Telegram

telegram-menu = 一起看
telegram-hello = 发给我一个链接，我就开一个房间，让所有人同时看到同一刻。
telegram-chatter = 发给我一个链接一起看，或发送 /help 查看所有命令。
telegram-invited = 你被邀请到 { $title }。
telegram-add = 把我加到群组
telegram-remote = 私聊里的遥控器
telegram-old-button = 这个按钮来自旧版本。发送 /now 看看正在播放什么。
telegram-offer = 为大家加入队列吗？
telegram-gone = 链接已经不在了。请写 /watch 加链接。
telegram-link-alone = 在这里别人会看到代码。请在和我的私聊里发送 /link。
telegram-link-sure = 要和给你这个链接的人在这里成为同一个人，请发送 /link { $code }。只有那个人就是你自己时才这样做：对方将能做你能做的一切。
telegram-file = Telegram 不提供别人能用来观看文件的链接。请把文件放到网上，再写 /watch 加它的链接。
telegram-to = { $name }：{ $text }
telegram-card-ends = {"，"}{ $at } UTC 结束
telegram-inline-watch = 一起看
telegram-photo = 照片
telegram-video = 视频
telegram-animation = 动图
telegram-document = 文件
telegram-voice = 语音消息
telegram-audio = 音乐
telegram-sticker = 贴纸
telegram-poll = 投票
telegram-location = 位置
telegram-contact = 联系人

## 为什么不行。{ $who } 是名字或英文短语。

refusal-no-such-room = 没有这个房间。请要一个新的邀请链接。
refusal-no-such-invite = 这个邀请链接已失效。请要一个新的。
refusal-no-room-here = 这个聊天里还没有播放什么。用 /watch 加链接开始吧。
refusal-not-a-member = 这个房间只凭邀请进入。请向里面的人要链接。
refusal-not-allowed = 在这里不是谁都可以{ $what }。请找 { $who }。
refusal-no-such-person = 房间里没有叫这个名字的人。看看都有谁在。
refusal-role-too-high = 你只能更改比自己低的角色。请找房主。
refusal-room-password-needed = 这个房间需要密码。请输入密码进入，或向里面的人要链接。
refusal-wrong-room-password = 密码不对。请问里面的人。
refusal-banned = 你被禁止进入这个房间。请联系房主。
refusal-muted = 你现在不能在这里发言。请联系管理员。
refusal-slow-mode = 这里开启了慢速模式。请等 { $seconds } 秒再发言。
refusal-no-links-here = 访客不能在这里发链接。请管理员把你设为信任成员，或去掉链接。
refusal-said-already = 你刚刚说过了。换一句吧。
refusal-room-full = 人数已达上限 { $limit }。等有人离开再试。
refusal-room-ended = 这个房间已结束。房主可以重新打开它。
refusal-room-closed = 这个房间已关闭。请联系房主。
refusal-has-host = 这个房间已属于 { $host }。请找对方。
refusal-grant-too-high = 你自己不能做的事不能授权给别人：{ $what }。请找房主。
refusal-ends-before-start = 结束时间必须晚于开始时间。
refusal-bad-rate = 速度可为 0.25 到 4 倍。
refusal-bad-subtitles = 字幕是指向 .vtt 或 .srt 文件的链接。
refusal-already-queued = 它已经在队列里了。
refusal-your-share-is-full = 你在这里等待的内容已到上限（{ $limit }）。等你的放完一个，或移除一个。
refusal-nothing-before = 在这之前没有播放过别的。
refusal-nothing-to-undo = 没有可撤销的，或者已经撤销过了。
refusal-nothing-to-restore = 没有可以恢复的旧队列。
refusal-no-such-proposal = 这个投票已结束，或者有好几个：请指明是哪一个。
refusal-too-many-proposals = 你已有 { $limit } 个投票在进行，或别人的太多。请等它们结束。
refusal-not-here = 只有正在观看或最近在聊天里有动作的人才能投票。请先打开房间。
refusal-no-such-playlist = 没有这个播放列表。看看有哪些。
refusal-too-many-playlists = 已有 { $limit } 个播放列表。请先删除一个。
refusal-name-taken = { $name } 这个名字已被使用。请换一个。
refusal-no-such-webhook = 你没有这个 webhook。看看列表。
refusal-too-many-webhooks = 你已有 { $limit } 个 webhook。请先删除一个。
refusal-no-webhooks = 本服务器不发送 webhook。服务器的运营者可以用 webhooks.enabled 允许。
refusal-no-library = 本服务器没有自己的影片。服务器的运营者可以用 media.dir 设置。
refusal-no-such-file = 本服务器上没有这部影片。看看列表。
refusal-uploads-off = 这里不能上传。服务器的运营者可以用 media.uploads 允许。
refusal-no-such-upload = 这次上传已经不在了。请重新开始。
refusal-too-many-uploads = 你有 { $limit } 个上传尚未完成。请先完成或取消一个。
refusal-wrong-offset = 下一个字节是第 { $offset } 个。请从那里继续发送。
refusal-file-too-large = 这里的文件最大 { $limit } MB。请用小一点的文件。
refusal-quota-full = 还剩 { $left } MB 空间。请删除你的一个文件，或用小一点的文件。
refusal-not-playable = 浏览器无法播放这个文件。请用 MP4、WebM、MP3、Ogg、M4A 或 FLAC，或 SRT、VTT 字幕。
refusal-link-expired = 这个链接已失效。请重新加载页面。
refusal-no-such-line = 这条消息已经不在了。
refusal-nothing-playing = 没有在播放。用 /watch 加链接添加一个。
refusal-queue-empty = 队列是空的。用 /watch 加链接添加一个。
refusal-queue-full = 队列已满（{ $limit } 个）。请先移除一个。
refusal-no-such-item = 它不在队列里。请看 /queue list。
refusal-seek-past-end = 超出结尾了：总长 { $duration }。用 /skip 播放下一个。
refusal-seek-live = 这是直播，不能跳转。
refusal-length-unknown = 还不知道时长。请跳到具体时间，例如 1:30。
refusal-bad-time = { $input } 不是时间。请写 1:30、90、+30、-1m 或 50%。
refusal-text-empty = 里面没有文字。请先写点什么。
refusal-text-too-long = 太长了：最多 { $limit } 个字符。
refusal-bad-link = 这不是链接。请粘贴以 https:// 开头的链接。
refusal-bad-scheme = 只能观看 http 和 https 链接。
refusal-private-address = 这个地址不在公共互联网上。服务器的运营者可以用 resolve.allow_private 允许它。
refusal-link-unreachable = 无法访问这个链接。请在浏览器里打开检查一下，再试一次。
refusal-link-broken = 这个链接返回 { $status }。请在浏览器里打开检查一下。
refusal-not-media = 这个链接里没有可以播放的内容。请用视频文件、HLS 或 DASH 流、YouTube、Vimeo、Twitch 或 Dailymotion。
refusal-site-refused = { $site } 不允许别的页面播放它的视频。请换一个来源。
refusal-site-protected = { $site } 对它的影片加了保护，只有它自己的页面能播放。请换一个来源。
refusal-embed-link-needed = { $site } 的视频需要嵌入链接。请在它的页面选择“分享”，再选“嵌入”，然后粘贴那里的链接。
refusal-video-unavailable = { $site } 上没有这个视频，或者它是私密的。换一个试试。
refusal-no-search = 本服务器没有设置搜索。请粘贴链接。
refusal-no-lists = 读取 { $site } 的播放列表需要该网站的密钥，本服务器没有设置。请逐个粘贴视频。
refusal-provider-down = { $site } 现在没有响应。请稍后再试。
refusal-not-signed-in = 请先说明你是谁：登录，或发送你的令牌。
refusal-bad-token = 这个令牌已失效。请重新登录。
refusal-wrong-login = 没有使用这个名字和密码的账号。请检查两者，或申请新密码。
refusal-wrong-password = 这不是你当前的密码。请再输入一次，或申请新密码。
refusal-password-needed = 这需要你当前的密码。
refusal-password-too-short = 密码太短。请用至少 { $limit } 个字符。
refusal-bad-email = 这不是电子邮箱地址。请写类似 ana@example.com 的地址。
refusal-username-taken = 这个用户名已有人使用。请换一个。
refusal-email-taken = 这个邮箱已有账号。请登录该账号，或不填邮箱。
refusal-already-registered = 你已经有账号了。要再建一个，请先退出登录。
refusal-needs-account = 这需要账号。请先创建一个。
refusal-needs-session = 用 API 密钥不能这样做。请亲自登录。
refusal-scope-missing = 这需要带有 { $scope } 权限范围的密钥。请向服务器的运营者要。
refusal-no-such-recovery = 这个链接只能用一次，十分钟内有效，现在已失效。请申请新的。
refusal-no-such-link-code = 这个代码无效或已失效。请在另一边获取新的。
refusal-two-accounts = 你两边都有账号：另一个是 { $other }。请先删除其中一个。
refusal-no-telegram = 本服务器没有 Telegram 机器人，Telegram 无法说明你是谁。请在浏览器中打开房间。
refusal-bad-init-data = 这不是 Telegram 给出的身份信息。请关闭此窗口，从 Telegram 重新打开房间。
refusal-init-data-expired = Telegram 给出的身份信息一小时内有效，现已过期。请关闭此窗口，从 Telegram 重新打开房间。
refusal-init-data-used = Telegram 给出的身份信息只能用一次，已被使用过。请关闭此窗口，从 Telegram 重新打开房间。
refusal-no-such-session = 你没有这个会话。看看你的会话列表。
refusal-no-such-key = 没有这个密钥。看看密钥列表。
refusal-activity-off = 这个服务器上的房间不能在 Discord 内打开。运营者可以用 discord.activity 设置；在浏览器里照常打开。
refusal-code-refused = Discord 不接受这次登录，或它已失效。请关闭活动后重新打开。
refusal-not-in-instance = Discord 没有在这个活动中看到你。请关闭它后重新打开。
refusal-bad-signature = 这个请求没有 Discord 的签名。请关闭活动后重新打开。
refusal-admin-off = 这里还没有人能管理这台服务器。请在配置中设置 auth.bootstrap_key 并重启，或用 onecouch key create --name me --scope admin 创建一个密钥。
refusal-address-banned = 这台服务器不接受来自您地址的连接。如果弄错了，请联系服务器的管理者。
refusal-bans-yourself = { $network } 正是您所在的地址：这样会把您自己挡在外面。仍要这样做，请带上 force。
refusal-no-such-ban = 没有这条封禁，或已经没有了。看看列表。
refusal-slow-down = 操作太频繁了。请等 { $seconds } 秒再试。
refusal-too-many-sockets = 已打开 { $limit } 个连接，不能再多了。请关闭一个，再等 { $seconds } 秒。
refusal-busy = 房间正忙。请稍后再试。
refusal-maybe-done = 这可能已经完成，也可能没有。请看一下，没有的话再试一次。
refusal-stopping = 服务器正在重启。几秒后再来。
refusal-not-stored = 没能保存，所以这件事没有发生。请再试一次；服务器的运营者可以在日志里找到原因。
refusal-not-read = 现在查不到。请过几秒再试一次；服务器的运营者可以在日志里找到原因。
refusal-idempotency-key-reused = 这个 Idempotency-Key 已用于别的请求。请用新的。
refusal-no-such-command = 没有 { $command } 这个命令。请看 /help。

## 需要的权限，用在 refusal-not-allowed 里

permission-playback = 播放和暂停
permission-skip = 跳过
permission-seek = 跳转
permission-add = 添加到队列
permission-remove = 从队列中移除
permission-order = 调整队列顺序
permission-vote = 投票
permission-chat = 发言
permission-title = 更改标题
permission-about = 更改房间简介
permission-visibility = 更改谁能进入
permission-queue_mode = 更改队列的运作方式
permission-grant_moderators = 更改管理员的权限
permission-grant_trusted = 更改信任成员的权限
permission-grant_registered = 更改有账号的人的权限
permission-grant_guests = 更改访客的权限
permission-promote_cohost = 任命副房主
permission-demote_cohost = 撤下副房主
permission-promote_moderator = 任命管理员
permission-demote_moderator = 撤下管理员
permission-promote_trusted = 设置信任成员
permission-demote_trusted = 取消信任成员
permission-settings = 更改设置
permission-rate = 更改速度
permission-kick = 把人踢出
permission-play_now = 选择播放什么
permission-edit = 更改队列中的内容
permission-ban = 封禁别人
permission-mute = 禁言别人
permission-moderate = 管理聊天
permission-invite = 管理邀请
permission-access = 更改密码和人数上限
permission-schedule = 更改日程
permission-end = 结束房间
permission-audit = 查看谁做了什么
permission-propose = 提议
permission-own = 转让或删除房间
permission-upload = 上传影片
