using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Norris.Api;
using Norris.Node;
using Norris.Node.Delivery;
using Norris.Protocol.Ordering;

namespace Norris.Tests.Fuzzing;

/// <summary>What people's programs send: messages as JSON and lines, ids of events, lists of types.</summary>
internal sealed class PostedTarget : FuzzTarget
{
    public override string What => "messages, ids and types from programs";

    public override void Run(byte[] input)
    {
        var whole = new ReadOnlySequence<byte>(input);
        HoldsMessage(PostedMessages.TryReadJson(whole, out PostedMessage one), one);
        var lines = new List<PostedMessage>();
        if (PostedMessages.TryReadLines(whole, lines) is null)
        {
            lines.ForEach(static line => HoldsMessage(null, line));
        }
        if (EventPlace.TryParse(input, out EventPlace place))
        {
            var id = new ArrayBufferWriter<byte>();
            var sink = new Utf8Sink(id);
            place.AppendTo(ref sink);
            sink.Flush();
            Holds(EventPlace.TryParse(id.WrittenSpan, out EventPlace again) && again == place, "an id is one");
        }
        if (EventTypes.TryParse(Encoding.UTF8.GetString(input), isLines: true) is not null)
        {
            Holds(input.Length > 0, "no types are none");
        }
        byte[] events = [.. input, .. "\n"u8];
        HoldsHoweverCut(events, cuts =>
        {
            EventTypes types = EventTypes.TryParse("message", isLines: true)!;
            var output = new ArrayBufferWriter<byte>();
            int start = 0;
            foreach (int end in cuts.Append(events.Length))
            {
                types.Copy(events.AsSpan(start..end), output);
                start = end;
            }
            return Convert.ToHexString(output.WrittenSpan);
        });
    }

    public override IEnumerable<byte[]> Seeds() => new[]
    {
        "{\"text\":\"hi\",\"number\":1}", "{\"text\":\"a\"}\n\n{\"text\":\"b\",\"number\":18446744073709551615}\r\n", "{\"text\":\"\\ud83d\"}",
        "12.345", "1.2.0123456789abcdef", "message,joined", "{\"type\":\"message\",\"text\":\"x\"}\n{\"type\":\"left\"}",
    }.Select(Encoding.UTF8.GetBytes);

    private static void HoldsMessage(string? mistake, PostedMessage message)
    {
        if (mistake is null)
        {
            Holds(message.Text.Length is > 0 and <= Entry.TextBytesMax, "a text has a length that fits");
            Holds(Utf8.IsValid(message.Text.Span), "a text is UTF-8");
            Holds(message.Number is not 0, "messages are counted from 1");
        }
    }
}
