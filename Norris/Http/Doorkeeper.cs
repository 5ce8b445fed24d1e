using System.Buffers;
using System.Text;
using Norris.Transport;

namespace Norris.Http;

/// <summary>
/// Turns away connections of an address that has as many as it may: says so, and closes. It spends little on that, and on a flood nothing:
/// only so many are answered at a time, the others are closed without a word.
/// </summary>
internal sealed class Doorkeeper(HttpLimits limits, DateField date, RejectionCounts rejections)
{
    private readonly byte[] _before = Encoding.ASCII.GetBytes("HTTP/1.1 429 Too Many Requests\r\n");
    private readonly byte[] _after = Answer();
    private int _answering;

    /// <summary>Turns one away, and disposes it.</summary>
    public void TurnAway(Connection connection)
    {
        rejections.Count(RejectionReason.ConnectionsTooMany);
        _ = Interlocked.Increment(ref _answering) <= limits.ConnectionsTurnedAwayMax ? AnswerAsync(connection) : AbortAsync(connection);
    }

    private async Task AnswerAsync(Connection connection)
    {
        connection.Output.Write(_before);
        connection.Output.Write(date.Bytes);
        connection.Output.Write(_after);
        // An answer of one segment finds room in a connection that is new.
        await connection.Output.FlushAsync();
        await connection.CloseAsync(limits.LingerTimeout);
        await AbortAsync(connection);
    }

    private async Task AbortAsync(Connection connection)
    {
        await connection.DisposeAsync();
        Interlocked.Decrement(ref _answering);
    }

    private static byte[] Answer()
    {
        ArrayBufferWriter<byte> problem = new();
        ProblemDetails.Write(problem, RejectionReason.ConnectionsTooMany.Status(), RejectionReason.ConnectionsTooMany.Detail());
        ArrayBufferWriter<byte> answer = new();
        answer.Write("Content-Type: application/problem+json\r\nRetry-After: 1\r\nConnection: close\r\n"u8);
        FieldBlock.WriteContentLength(answer, problem.WrittenCount);
        answer.Write("\r\n"u8);
        answer.Write(problem.WrittenSpan);
        return answer.WrittenSpan.ToArray();
    }
}
