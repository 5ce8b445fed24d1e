using System.Diagnostics;

namespace Norris.Load.Nodes;

/// <summary>Reads what a node prints, line by line, as fast as it comes: nothing is allocated for a line.</summary>
internal static class PrintedLines
{
    private const int BufferBytes = 256 * 1024;

    /// <summary>Takes a line, without its end, and the timestamp at which it was read.</summary>
    public delegate void Taker(ReadOnlySpan<byte> line, long at);

    /// <summary>Reads to the end, on the calling thread.</summary>
    public static void Read(Stream stream, Taker take)
    {
        byte[] buffer = new byte[BufferBytes];
        int filled = 0;
        for (int read = stream.Read(buffer); read > 0; read = stream.Read(buffer.AsSpan(filled)))
        {
            filled += read;
            int taken = TakeLines(buffer.AsSpan(0, filled), take);
            buffer.AsSpan(taken, filled - taken).CopyTo(buffer);
            filled -= taken;
        }
    }

    /// <summary>Takes all the whole lines.</summary>
    /// <returns>How many bytes those were.</returns>
    public static int TakeLines(ReadOnlySpan<byte> bytes, Taker take)
    {
        int taken = 0;
        long at = Stopwatch.GetTimestamp();
        for (int end = bytes.IndexOf((byte)'\n'); end >= 0; end = bytes[taken..].IndexOf((byte)'\n'))
        {
            take(bytes.Slice(taken, end), at);
            taken += end + 1;
        }
        return taken;
    }
}
