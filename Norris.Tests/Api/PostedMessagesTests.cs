using System.Net;
using System.Text.Json;
using Norris.Tests.Node;

namespace Norris.Tests.Api;

/// <summary>Messages as JSON, one or many.</summary>
public sealed class PostedMessagesTests : IAsyncLifetime
{
    private const string Json = "application/json";
    private const string Lines = "application/x-ndjson";

    private InProcessNode _node = null!;

    public async Task InitializeAsync() => _node = await InProcessNode.StartAsync("alice");

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Theory]
    [InlineData("{\"text\":\"hello\"}", "hello")]
    [InlineData("{ \"text\" : \"a\\nb\\u00fc\\ud83d\\udc4b\\\"\" , \"more\" : [1] }", "a\nbü👋\"")]
    [InlineData("{\"text\":\"hello\",\"number\":null}", "hello")]
    [InlineData("{\"text\":\"ends with a line end\\n\"}", "ends with a line end\n")]
    public async Task One_is_answered_with_its_place(string body, string text)
    {
        using HttpResponseMessage response = await PostAsync(body, "application/json; charset=utf-8");
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        JsonElement place = await response.JsonAsync();
        JsonElement heard = await _node.NextAsync("message");
        Assert.Equal(text, heard.GetProperty("text").GetString());
        Assert.All(place.EnumerateObject(), member => Assert.Equal(member.Value.GetRawText(), heard.GetProperty(member.Name).GetRawText()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"hello\"")]
    [InlineData("{\"text\":1}")]
    [InlineData("{\"text\":\"\"}")]
    [InlineData("{\"text\":\"\\ud800\"}")]
    [InlineData("{\"text\":\"hello\"")]
    [InlineData("{\"text\":\"hello\",\"number\":1.5}")]
    [InlineData("{\"text\":\"hello\",\"number\":\"1\"}")]
    public async Task One_against_the_rules_is_refused(string body)
    {
        await PostAsync(body, Json).AssertProblemAsync(HttpStatusCode.BadRequest);
        await PostAsync(body, Lines).AssertProblemAsync(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_text_of_64_KiB_is_taken_however_it_is_escaped_and_one_byte_more_is_refused()
    {
        string escaped = string.Concat(Enumerable.Repeat("\\u0061", 64 * 1024));
        using HttpResponseMessage response = await PostAsync($"{{\"text\":\"{escaped}\"}}", Json);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        Assert.Equal(64 * 1024, (await _node.NextAsync("message")).GetProperty("text").GetString()!.Length);
        await PostAsync($"{{\"text\":\"x{new string('a', 64 * 1024)}\"}}", Json).AssertProblemAsync(HttpStatusCode.BadRequest);
        await PostAsync($"{{\"text\":\"x\"{new string(' ', 6 * 64 * 1024)}   {new string(' ', 300)}}}", Json).AssertProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Many_are_each_answered_with_a_place_in_their_order()
    {
        using HttpResponseMessage response = await PostAsync(
            string.Concat(Enumerable.Range(0, 500).Select(static n => $"{{\"text\":\"{n}\"}}\r\n\n")), Lines);
        Assert.Equal((HttpStatusCode.OK, Lines), (response.StatusCode, response.Content.Headers.ContentType?.MediaType));
        string[] places = (await response.Content.ReadAsStringAsync(InProcessNode.Patience)).TrimEnd('\n').Split('\n');
        JsonElement[] heard = [.. (await _node.HearMessagesAsync(500)).Where(static each => each.GetProperty("type").GetString() == "message")];
        Assert.Equal(Enumerable.Range(0, 500).Select(static n => $"{n}"), heard.Select(static each => each.GetProperty("text").GetString()));
        Assert.Equal(
            heard.Select(static each => each.GetProperty("seq").GetUInt64()),
            places.Select(static place => JsonElement.Parse(place).GetProperty("seq").GetUInt64()));
    }

    [Fact]
    public async Task When_one_of_many_is_wrong_none_is_taken_and_the_line_is_named()
    {
        using HttpResponseMessage response = await PostAsync("{\"text\":\"one\"}\n\n{\"tex\":\"three\"}\n", Lines);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.StartsWith("Line 3: ", (await response.JsonAsync()).GetProperty("detail").GetString(), StringComparison.Ordinal);
        using HttpResponseMessage after = await _node.PostAsync("after");
        Assert.Equal("after", (await _node.NextAsync("message")).GetProperty("text").GetString());
    }

    private Task<HttpResponseMessage> PostAsync(string body, string mediaType) => _node.SendAsync(HttpMethod.Post, "/v1/messages", body, mediaType);
}
