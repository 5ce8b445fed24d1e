using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Norris.Http;

namespace Norris.Tests.Http.Tables;

/// <summary>
/// What a reader understands of some bytes, in words: messages joined by " ; ", each with its content in quotes, its fields in
/// parentheses (but those that frame and route) and its trailers in braces; then "..." for an unfinished message or "!Reason".
/// </summary>
internal static class Transcript
{
    public static string OfRequests(byte[] bytes, HttpLimits limits, params int[] cuts)
    {
        CutConnection connection = new(new CutInput(bytes, cuts));
        RequestParser parser = new(limits);
        return Of(connection, limits, parser.Reset, (ref ReadOnlySequence<byte> buffer, out RejectionReason reason) =>
        {
            ParseStatus status = parser.Parse(ref buffer, out reason);
            RequestHead head = parser.Head;
            string line = status != ParseStatus.Complete ? "" :
                $"{Text(head.MethodToken)} {Text(head.Path)}{(head.Query.IsEmpty ? "" : "?" + Text(head.Query))}" +
                $"{(Text(head.Authority) == "h" ? "" : $" @{Text(head.Authority)}")}{(head.MinorVersion == 0 ? " 1.0" : "")}";
            return (status, line, head.Fields, parser.Framing);
        });
    }

    public static string OfResponses(byte[] bytes, HttpLimits limits, RequestMethod method, params int[] cuts)
    {
        CutConnection connection = new(new CutInput(bytes, cuts));
        ResponseParser parser = new(limits);
        return Of(connection, limits, parser.Reset, (ref ReadOnlySequence<byte> buffer, out RejectionReason reason) =>
        {
            ParseStatus status = parser.Parse(ref buffer, method, out reason);
            return (status, $"{parser.Head.Status}{(parser.Head.MinorVersion == 0 ? " 1.0" : "")}", parser.Head.Fields, parser.Framing);
        });
    }

    private delegate (ParseStatus Status, string Line, FieldSection Fields, MessageFraming Framing) Parse(
        ref ReadOnlySequence<byte> buffer, out RejectionReason reason);

    private static string Of(CutConnection connection, HttpLimits limits, Action reset, Parse parse)
    {
        ContentReader content = new(connection, limits, TimeProvider.System, deadline: null);
        List<string> messages = [];
        bool hasBegun = false;
        reset();
        while (true)
        {
            ReadResult read = Now(connection.Input.ReadAsync());
            ReadOnlySequence<byte> buffer = read.Buffer;
            hasBegun |= !buffer.IsEmpty;
            (ParseStatus status, string line, FieldSection fields, MessageFraming framing) = parse(ref buffer, out RejectionReason reason);
            connection.Input.AdvanceTo(buffer.Start, status == ParseStatus.Incomplete ? read.Buffer.End : buffer.Start);
            if (status == ParseStatus.Rejected)
            {
                return string.Join(" ; ", [.. messages, "!" + reason]);
            }

            if (status == ParseStatus.Complete)
            {
                string heard = line + Fields(fields, '(', ')');
                content.Begin(framing, limits.ContentBytesMax, 0);
                ContentRead all = Now(content.ReadAllAsync(limits.ContentBytesMax));
                if (!all.IsOk)
                {
                    return string.Join(" ; ", [.. messages, heard, all.Rejection == RejectionReason.MessageTruncated ? "..." : "!" + all.Rejection]);
                }

                messages.Add(heard + (framing.Kind == FramingKind.None ? "" : $" \"{Encoding.Latin1.GetString(all.Buffer)}\"") +
                             Fields(content.Trailers, '{', '}'));
                Assert.True(Now(content.DrainAsync(0)));
                reset();
                hasBegun = false;
            }
            else if (read.IsCompleted)
            {
                return string.Join(" ; ", hasBegun ? [.. messages, "..."] : messages);
            }
        }
    }

    private static string Fields(FieldSection fields, char open, char close)
    {
        List<string> shown = [];
        for (int index = 0; index < fields.Count; index++)
        {
            string name = Text(fields.NameAt(index));
            if (name is not ("host" or "content-length" or "transfer-encoding"))
            {
                shown.Add($"{name}={Text(fields.ValueAt(index))}");
            }
        }

        return shown.Count == 0 ? "" : $" {open}{string.Join(", ", shown)}{close}";
    }

    /// <summary>The input never waits, so neither does its reader.</summary>
    private static T Now<T>(ValueTask<T> task)
    {
        Assert.True(task.IsCompleted);
        return task.AsTask().GetAwaiter().GetResult();
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
