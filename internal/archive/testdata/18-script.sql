--
-- PostgreSQL database dump
--

\restrict ffM3CTEhrUZcOymEhTk1s1GuEJn7NuEl2AKafgfv8VpRQILINp4tRsXOP3qHYIg

-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.6 (Debian 18.6-3)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: empty; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.empty (
    x integer
);


ALTER TABLE public.empty OWNER TO postgres;

--
-- Name: parted; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.parted (
    id integer,
    at date
)
PARTITION BY RANGE (at);


ALTER TABLE public.parted OWNER TO postgres;

--
-- Name: parted_1; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.parted_1 (
    id integer,
    at date
);


ALTER TABLE public.parted_1 OWNER TO postgres;

--
-- Name: users; Type: TABLE; Schema: public; Owner: postgres
--

CREATE TABLE public.users (
    id bigint NOT NULL,
    name text NOT NULL
);


ALTER TABLE public.users OWNER TO postgres;

--
-- Name: parted_1; Type: TABLE ATTACH; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.parted ATTACH PARTITION public.parted_1 FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');


--
-- Data for Name: empty; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.empty (x) FROM stdin;
\.


--
-- Data for Name: parted_1; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.parted_1 (id, at) FROM stdin;
1	2020-06-02
2	2020-06-03
3	2020-06-04
4	2020-06-05
5	2020-06-06
6	2020-06-07
7	2020-06-08
8	2020-06-09
9	2020-06-10
\.


--
-- Data for Name: users; Type: TABLE DATA; Schema: public; Owner: postgres
--

COPY public.users (id, name) FROM stdin;
1	Usuário 1
2	Usuário 2
3	Usuário 3
4	Usuário 4
5	Usuário 5
6	Usuário 6
7	Usuário 7
8	Usuário 8
9	Usuário 9
10	Usuário 10
11	Usuário 11
12	Usuário 12
13	Usuário 13
14	Usuário 14
15	Usuário 15
16	Usuário 16
17	Usuário 17
18	Usuário 18
19	Usuário 19
20	Usuário 20
21	Usuário 21
22	Usuário 22
23	Usuário 23
24	Usuário 24
25	Usuário 25
26	Usuário 26
27	Usuário 27
28	Usuário 28
29	Usuário 29
30	Usuário 30
31	Usuário 31
32	Usuário 32
33	Usuário 33
34	Usuário 34
35	Usuário 35
36	Usuário 36
37	Usuário 37
38	Usuário 38
39	Usuário 39
40	Usuário 40
41	Usuário 41
42	Usuário 42
43	Usuário 43
44	Usuário 44
45	Usuário 45
46	Usuário 46
47	Usuário 47
48	Usuário 48
49	Usuário 49
50	Usuário 50
51	Usuário 51
52	Usuário 52
53	Usuário 53
54	Usuário 54
55	Usuário 55
56	Usuário 56
57	Usuário 57
58	Usuário 58
59	Usuário 59
60	Usuário 60
61	Usuário 61
62	Usuário 62
63	Usuário 63
64	Usuário 64
65	Usuário 65
66	Usuário 66
67	Usuário 67
68	Usuário 68
69	Usuário 69
70	Usuário 70
71	Usuário 71
72	Usuário 72
73	Usuário 73
74	Usuário 74
75	Usuário 75
76	Usuário 76
77	Usuário 77
78	Usuário 78
79	Usuário 79
80	Usuário 80
81	Usuário 81
82	Usuário 82
83	Usuário 83
84	Usuário 84
85	Usuário 85
86	Usuário 86
87	Usuário 87
88	Usuário 88
89	Usuário 89
90	Usuário 90
91	Usuário 91
92	Usuário 92
93	Usuário 93
94	Usuário 94
95	Usuário 95
96	Usuário 96
97	Usuário 97
98	Usuário 98
99	Usuário 99
100	Usuário 100
101	Usuário 101
102	Usuário 102
103	Usuário 103
104	Usuário 104
105	Usuário 105
106	Usuário 106
107	Usuário 107
108	Usuário 108
109	Usuário 109
110	Usuário 110
111	Usuário 111
112	Usuário 112
113	Usuário 113
114	Usuário 114
115	Usuário 115
116	Usuário 116
117	Usuário 117
118	Usuário 118
119	Usuário 119
120	Usuário 120
121	Usuário 121
122	Usuário 122
123	Usuário 123
124	Usuário 124
125	Usuário 125
126	Usuário 126
127	Usuário 127
128	Usuário 128
129	Usuário 129
130	Usuário 130
131	Usuário 131
132	Usuário 132
133	Usuário 133
134	Usuário 134
135	Usuário 135
136	Usuário 136
137	Usuário 137
138	Usuário 138
139	Usuário 139
140	Usuário 140
141	Usuário 141
142	Usuário 142
143	Usuário 143
144	Usuário 144
145	Usuário 145
146	Usuário 146
147	Usuário 147
148	Usuário 148
149	Usuário 149
150	Usuário 150
151	Usuário 151
152	Usuário 152
153	Usuário 153
154	Usuário 154
155	Usuário 155
156	Usuário 156
157	Usuário 157
158	Usuário 158
159	Usuário 159
160	Usuário 160
161	Usuário 161
162	Usuário 162
163	Usuário 163
164	Usuário 164
165	Usuário 165
166	Usuário 166
167	Usuário 167
168	Usuário 168
169	Usuário 169
170	Usuário 170
171	Usuário 171
172	Usuário 172
173	Usuário 173
174	Usuário 174
175	Usuário 175
176	Usuário 176
177	Usuário 177
178	Usuário 178
179	Usuário 179
180	Usuário 180
181	Usuário 181
182	Usuário 182
183	Usuário 183
184	Usuário 184
185	Usuário 185
186	Usuário 186
187	Usuário 187
188	Usuário 188
189	Usuário 189
190	Usuário 190
191	Usuário 191
192	Usuário 192
193	Usuário 193
194	Usuário 194
195	Usuário 195
196	Usuário 196
197	Usuário 197
198	Usuário 198
199	Usuário 199
200	Usuário 200
201	Usuário 201
202	Usuário 202
203	Usuário 203
204	Usuário 204
205	Usuário 205
206	Usuário 206
207	Usuário 207
208	Usuário 208
209	Usuário 209
210	Usuário 210
211	Usuário 211
212	Usuário 212
213	Usuário 213
214	Usuário 214
215	Usuário 215
216	Usuário 216
217	Usuário 217
218	Usuário 218
219	Usuário 219
220	Usuário 220
221	Usuário 221
222	Usuário 222
223	Usuário 223
224	Usuário 224
225	Usuário 225
226	Usuário 226
227	Usuário 227
228	Usuário 228
229	Usuário 229
230	Usuário 230
231	Usuário 231
232	Usuário 232
233	Usuário 233
234	Usuário 234
235	Usuário 235
236	Usuário 236
237	Usuário 237
238	Usuário 238
239	Usuário 239
240	Usuário 240
241	Usuário 241
242	Usuário 242
243	Usuário 243
244	Usuário 244
245	Usuário 245
246	Usuário 246
247	Usuário 247
248	Usuário 248
249	Usuário 249
250	Usuário 250
251	Usuário 251
252	Usuário 252
253	Usuário 253
254	Usuário 254
255	Usuário 255
256	Usuário 256
257	Usuário 257
258	Usuário 258
259	Usuário 259
260	Usuário 260
261	Usuário 261
262	Usuário 262
263	Usuário 263
264	Usuário 264
265	Usuário 265
266	Usuário 266
267	Usuário 267
268	Usuário 268
269	Usuário 269
270	Usuário 270
271	Usuário 271
272	Usuário 272
273	Usuário 273
274	Usuário 274
275	Usuário 275
276	Usuário 276
277	Usuário 277
278	Usuário 278
279	Usuário 279
280	Usuário 280
281	Usuário 281
282	Usuário 282
283	Usuário 283
284	Usuário 284
285	Usuário 285
286	Usuário 286
287	Usuário 287
288	Usuário 288
289	Usuário 289
290	Usuário 290
291	Usuário 291
292	Usuário 292
293	Usuário 293
294	Usuário 294
295	Usuário 295
296	Usuário 296
297	Usuário 297
298	Usuário 298
299	Usuário 299
300	Usuário 300
\.


--
-- Name: 16474..16475; Type: BLOB METADATA; Schema: -; Owner: postgres
--

SELECT pg_catalog.lo_create('16474');
SELECT pg_catalog.lo_create('16475');

ALTER LARGE OBJECT 16474 OWNER TO postgres;
ALTER LARGE OBJECT 16475 OWNER TO postgres;

--
-- Data for Name: 16474..16475; Type: BLOBS; Schema: -; Owner: postgres
--

BEGIN;

SELECT pg_catalog.lo_open('16474', 131072);
SELECT pg_catalog.lowrite(0, '\x6f6e65');
SELECT pg_catalog.lo_close(0);

SELECT pg_catalog.lo_open('16475', 131072);
SELECT pg_catalog.lowrite(0, '\x74776f');
SELECT pg_catalog.lo_close(0);

COMMIT;

--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: postgres
--

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- PostgreSQL database dump complete
--

\unrestrict ffM3CTEhrUZcOymEhTk1s1GuEJn7NuEl2AKafgfv8VpRQILINp4tRsXOP3qHYIg

