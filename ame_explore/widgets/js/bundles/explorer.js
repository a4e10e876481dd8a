// Built by ame_explore/widgets/js/build.js; sources: sha256 cab30ac9cd9c1510a4c172c5ec2911d7bd83aba793c5c064ab33f1ec0b177aa9
var y=()=>(performance.timeOrigin+performance.now())/1e3;var rt=.4,$t=3,It={f4:Float32Array,i4:Int32Array,u1:Uint8Array};function B(o,t){if(Array.isArray(o))return o.map(e=>B(e,
t));if(o===null||typeof o!="object")return o;if("buffer"in o&&"dtype"in o){let e=t[o.buffer],i=ArrayBuffer.isView(e)?e.buffer.
slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new It[o.dtype](i),{shape:o.shape})}return Object.
fromEntries(Object.entries(o).map(([e,s])=>[e,B(s,t)]))}var U=class{constructor(t){this.model=t,this.page=Array.from({length:4},
()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,this.waiting=null,this.
oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.high=1/0,this.heardAt=
this.freshAt=y(),this.pingedAt=-1/0,this.onMessage=(e,s)=>this.receive(e,s),t.on("msg:custom",this.onMessage),this.onVisible=
()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(()=>this.watch(),500)}close(){
clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),this.model.off("msg:custom",this.
onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.page,t:y()}),this.gone=!1}catch{
this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let e=new IntersectionObserver(i=>{t.seen=i[i.length-
1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[i,n]of Object.entries(this.kept))t.retained?.(
i,n);this.frame&&!(this.frame.moving&&this.age(this.frame)>rt)&&t.draw(this.frame);let s=this.there;return this.look(),s&&
this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){return Object.fromEntries(
Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.hidden&&t.some(n=>n.seen&&
n.el.isConnected),s=!t.some(n=>n.el.isConnected);if(e===this.there&&s===this.left)return;let i=e&&!this.there;[this.there,
this.left]=[e,s],!(e&&!i)&&(this.heardAt=this.freshAt=y(),this.tell(e?{type:"ready",have:this.have()}:{type:"away",left:s}))}watch(){
if(this.look(),!this.there)return;let t=y()-this.heardAt;t>(this.frame?.moving?1:4)&&y()-this.pingedAt>=1&&(this.pingedAt=
y(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||this.gone?t:0,this.gone)}receive(t,e=[]){
if(this.heardAt=y(),t.type==="hello"){let{page:i,t:n,time:h}=t;i===this.page&&(this.high=Math.min(this.high,h-n));return}
let s=B(t,e);if(t.type==="frame"){this.low=Math.max(this.low,s.time-y());let i=s.heard[this.page];i&&(this.high=Math.min(
this.high,i[1]-i[0])),this.low>this.high&&([this.low,this.high]=[s.time-y(),1/0]);let n=this.waiting!==null;this.waiting=
s,n||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=s;for(let i of this.views)i.retained?.(
t.type,s)}else for(let i of this.views)i.message?.(s,e)}age(t){let e=Number.isFinite(this.high)?(this.low+this.high)/2:this.
low;return Math.max(0,y()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)return;let e=y(),s=this.
age(t),i=s>rt,n=i&&e-this.freshAt<$t;if(!n){i||(this.freshAt=e),this.frame=t,this.drawnAge=s;for(let h of this.views)try{
h.draw(t),h.late?.(i?s:0)}catch(l){console.error("ame_explore: a view could not be drawn",l)}this.drawMs=1e3*(y()-e)}this.
oldest=Math.max(this.oldest,n?0:s),!(!t.ask&&!n)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(n?s:this.oldest),stale:n}),this.
oldest=0)}};function at(o){return()=>{let t;return{initialize({model:e}){return t=new U(e),()=>t.close()},render({el:e}){
let s=o(t,e),i=t.mount(s);return()=>{i(),s.close?.()}}}}}var Tt=new Set(["svg","path"]),lt={text:"textContent",value:"value",checked:"checked"};function r(o,t={},...e){let s=Tt.
has(o)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,o);i.append(...e.flat(1/0).
filter(n=>n!=null&&n!==!1));for(let[n,h]of Object.entries(t))h==null||h===!1||(n.startsWith("on")?i.addEventListener(n.slice(
2),h):n in lt?i[lt[n]]=h:i.setAttribute(n,h===!0?"":String(h)));return i}function k(o,t){o.textContent!==t&&(o.textContent=
t)}function L(o,t){o.hidden===t&&(o.hidden=!t)}function I(){let o=document.body.dataset.jpThemeLight;return o!==void 0?o===
"false":document.body.classList.contains("vscode-dark")}var ht=o=>o.replaceAll("-","−");function Pt(o,t=3,{signed:e=!1}={}){if(typeof o!="number"||!Number.isFinite(o))return"–";if(o===0)return"0";let[s,i]=o.
toExponential(t-1).split("e"),n=t-1-Number(i),h=n>=-3&&n<=t+2?o.toFixed(Math.max(n,0)):`${s}e${Number(i)}`;return ht(e&&
o>0?`+${h}`:h)}function C(o){return o==null||o===""?"–":typeof o!="number"?String(o):Number.isInteger(o)&&Math.abs(o)<
1e6?ht(String(o)):Pt(o)}var Ct=o=>o===null?"":new Date(1e3*o).toISOString().slice(0,10),O=class{constructor(t){this.owner=t,this.chips=r("div",{
class:"ame-chips","data-testid":"chips","aria-live":"polite"}),this.window=r("div",{class:"ame-window",hidden:!0,role:"d\
ialog","data-testid":"filter-window"}),this.opener=null,this.window.addEventListener("keydown",e=>{e.stopPropagation(),e.
key==="Escape"&&this.close()})}draw(){let{shown:t}=this.owner.model,e=(t?.chips??[]).map(({words:s,count:i},n)=>r("span",
{class:"ame-chip"},r("span",{class:"ame-chip-words",title:s},s),r("b",{},i.toLocaleString("en")),r("button",{type:"butto\
n",title:"Remove this filter","aria-label":`Remove the filter ${s}`,onclick:()=>this.owner.send({type:"drop",place:n})},
"×")));e.length>1&&e.push(r("button",{type:"button",class:"ame-link",onclick:()=>this.owner.send({type:"clear"})},"remo\
ve all")),this.chips.replaceChildren(...e)}open(t,e){let s=this.owner.model.facts?.columns.find(c=>c.name===t);if(!s)return;
if(!this.window.hidden&&this.opener===e)return this.close();this.opener=e;let i=r("strong",{},`Show pairs by ${s.title}`),
n=s.kind==="number"||s.kind==="date"?this.range(s):s.kind==="category"?this.words(s):this.text(s);this.window.replaceChildren(
i,n),this.window.hidden=!1;let h=e.getBoundingClientRect(),l=this.owner.root.getBoundingClientRect();this.window.style.left=
`${Math.max(8,Math.min(h.left-l.left,l.width-330))}px`,this.window.style.top="",this.window.style.bottom=`${l.bottom-h.top+
6}px`,this.window.querySelector("input")?.focus()}close(){this.window.hidden=!0,this.opener?.focus(),this.opener=null}keep(t){
this.owner.send({type:"keep",condition:t}),this.close()}form(t,...e){return r("form",{onsubmit:s=>{s.preventDefault(),t()}},
...e,r("div",{class:"ame-row"},r("button",{type:"submit",class:"ame-button"},"Show these"),r("button",{type:"button",class:"\
ame-button",onclick:()=>this.close()},"Cancel")))}range(t){let e=t.kind==="date",s=(l,c)=>r("input",e?{type:"date","aria\
-label":l,value:Ct(c)}:{type:"number",step:"any","aria-label":l,placeholder:C(c)}),i=s("from",t.low),n=s("to",t.high),h=(l,c)=>l.
value===""?null:e?Date.parse(`${l.value}T00:00:00Z`)/1e3+c:Number(l.value);return this.form(()=>this.keep({kind:"between",
column:t.name,low:h(i,0),high:h(n,86399)}),r("div",{class:"ame-row"},"from",i,"to",n),e?null:r("div",{class:"ame-muted"},
`known values: ${C(t.low)} to ${C(t.high)}`))}words(t){let s=[...t.words,null].map((i,n)=>({word:i,box:r("input",{type:"\
checkbox"}),count:t.counts[n]}));return this.form(()=>{let i=s.filter(({box:n})=>n.checked).map(({word:n})=>n);i.length&&
this.keep({kind:"one of",column:t.name,values:i})},r("div",{class:"ame-choices"},...s.filter(({count:i})=>i>0).map(({word:i,
box:n,count:h})=>r("label",{},n,r("span",{},i??"unknown"),r("b",{},h.toLocaleString("en"))))))}text(t){let e=r("input",{
type:"text","aria-label":"words"});return this.form(()=>e.value.trim()&&this.keep({kind:"says",text:e.value,column:t.name}),
r("div",{class:"ame-row"},"says",e))}};var Ot=1;var H=new WeakMap,ct;function N(o){ct??=new ResizeObserver(l=>{for(let{target:c}of l)H.set(c,[c.clientWidth,c.clientHeight]),
c.dispatchEvent(new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,Ot*(window.devicePixelRatio||1)),e=H.get(o);e||(ct.
observe(o),H.set(o,e=[o.clientWidth,o.clientHeight]));let[s,i]=e,[n,h]=[Math.round(s*t),Math.round(i*t)];return(o.width!==
n||o.height!==h)&&(o.width=n,o.height=h),{width:s,height:i,scale:t}}function $(o,t){return o.getContext("2d",t)}function dt(o,t,e){
!t||t.length<2||(o.beginPath(),t.forEach(([s,i],n)=>o[n?"lineTo":"moveTo"](s,i)),o.closePath(),o.fillStyle=e.wash,o.fill(),
o.strokeStyle=e.accent,o.lineWidth=1.5,o.setLineDash([5,3]),o.stroke(),o.setLineDash([]))}var z={away:16,above:30,high:96};
function ut(o,[t,e],{width:s,height:i}){let n=t>.55*s;o.style.left=n?"":`${t+z.away}px`,o.style.right=n?`${s-t+z.away}px`:
"",o.style.top=`${Math.max(4,Math.min(i-z.high,e-z.above))}px`}var X=({k:o,x0:t,y0:e},s,i)=>[s*o+t,e-i*o],V=({k:o,x0:t,y0:e},s,i)=>[(s-t)/o,(e-i)/o];function mt(o,t,e){let s=!1;for(let i=0,n=o.length-1;i<o.length;n=i++){let[h,l]=o[i],[c,a]=o[n];l>e!=a>e&&t<(c-h)*(e-l)/
(a-l)+h&&(s=!s)}return s}function G(o){let[t,e,s,i]=[1/0,-1/0,1/0,-1/0];for(let n of o)for(let h=0;h<n.length;h+=2)t=Math.
min(t,n[h]),e=Math.max(e,n[h]),s=Math.min(s,n[h+1]),i=Math.max(i,n[h+1]);return t<e?[t,e,s,i]:null}var ft=18,pt=16;function wt(o,t,e=[]){
return e.push(...o.map(({x:s,y:i,side:n=ft})=>[s-n/2,i-n/2,n,n])),o.map(({x:s,y:i,width:n,side:h=ft})=>{let l=h/2,c=[[l+
3,0],[-l-3-n,0],[-n/2,-l-8],[-n/2,l+8],[l+1,-l-5],[l+1,l+5],[-l-1-n,-l-5],[-l-1-n,l+5]],a=([m,u])=>[s+m-2,i+u-pt/2,n+4,pt],
p=c.find(m=>{let[u,d,f,w]=a(m);return u>0&&d>0&&u+f<t.width&&d+w<t.height&&!e.some(g=>u<g[0]+g[2]&&g[0]<u+f&&d<g[1]+g[3]&&
g[1]<d+w)});return p&&e.push(a(p)),p??null})}function zt(o,t,e,s,i){let n=a=>{o.beginPath(),a.forEach(([p,m],u)=>o[u?"lineTo":"moveTo"](e+p*i,s+m*i)),o.closePath()},
h=(a,p,m=1)=>Array.from({length:a},(u,d)=>{let f=p+2*Math.PI*d/a;return[m*Math.cos(f),m*Math.sin(f)]}),l=a=>[[-a,-1],[a,
-1],[a,-a],[1,-a],[1,a],[a,a],[a,1],[-a,1],[-a,a],[-1,a],[-1,-a],[-a,-a]];t==="circle"?(o.beginPath(),o.arc(e,s,.92*i,0,
2*Math.PI)):t==="diamond"?n([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?n([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?n(h(3,-Math.PI/2,1.15)):t==="triangle-down"?n(h(3,Math.PI/2,1.15)):t==="cross"?n(l(.38)):t==="x"?n(
(a=>a.map(([p,m])=>[(p-m)*Math.SQRT1_2,(p+m)*Math.SQRT1_2]))(l(.36))):t==="pentagon"?n(h(5,-Math.PI/2,1.05)):t==="hexago\
n"?n(h(6,0,1.05)):t==="bar"?n([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&n(Array.from({length:10},(a,p)=>{
let m=-Math.PI/2+Math.PI*p/5,u=p%2?.48:1.15;return[u*Math.cos(m),u*Math.sin(m)]}))}var Nt={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function Dt(o,{shape:t,color:e,filled:s,halo:i,inside:n,edge:h=.55},l,c,a){let p=Nt[t];
if(!s&&p){o.lineCap="round";for(let{style:m,width:u}of[{style:i,width:(.2+h)*a},{style:e,width:Math.max(1.2,.32*a)}])if(m){
o.strokeStyle=m,o.lineWidth=u,o.beginPath();for(let[d,f,w,g]of p)o.moveTo(l+d*a,c+f*a),o.lineTo(l+w*a,c+g*a);o.stroke()}
return}zt(o,t,l,c,a),i&&(o.lineWidth=h*a,o.strokeStyle=i,o.stroke()),s?(o.fillStyle=e,o.fill()):(o.fillStyle=n||i||"tran\
sparent",o.fill(),o.lineWidth=Math.max(1.2,.36*a),o.strokeStyle=e,o.stroke())}function T(o,t,e=1){let s=Math.ceil(t*1.6)+
1,i=2*s+1,n=document.createElement("canvas");n.width=n.height=i;let h=$(n,{willReadFrequently:!0});Dt(h,o,s+.5,s+.5,t);let{
data:l}=h.getImageData(0,0,i,i),c=[],a=[],p=[],m=[],u=[];for(let d=0;d<i*i;d++){let f=Math.round(l[4*d+3]/255*32*e);f&&(c.
push(d%i-s),a.push(Math.floor(d/i)-s),p.push(l[4*d]|l[4*d+2]<<16),m.push(l[4*d+1]<<8),u.push(f))}return{half:s,dx:Int32Array.
from(c),dy:Int32Array.from(a),rb:Int32Array.from(p),g:Int32Array.from(m),a:Int32Array.from(u)}}function gt(o,t,e,s,i,n){
let{half:h,dx:l,dy:c,rb:a,g:p,a:m}=s,u=Math.round(i),d=Math.round(n);if(u<h||d<h||u>=t-h||d>=e-h)return;let f=d*t+u;for(let w=0;w<
m.length;w++){let g=f+c[w]*t+l[w],x=o[g],b=32-m[w],P=(x&16711935)*b+a[w]*m[w]>>>5&16711935,j=(x&65280)*b+p[w]*m[w]>>>5&65280;
o[g]=4278190080|P|j}}function Q(o){let t=document.createElement("canvas");t.width=t.height=1;let e=$(t);return e.fillStyle=
o,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var yt=32,Ft=400,Rt=60,bt={light:{paper:"#ffffff",text:"#1a1a1a",muted:"#5a5a5a",faint:"#dcdcdc",accent:"#0072b2",wash:"\
rgba(0,114,178,0.12)"},dark:{paper:"#111111",text:"#ececec",muted:"#b8b8b8",faint:"#333333",accent:"#5ab0ee",wash:"rgba(\
90,176,238,0.18)"}};function jt(o,t){let[e,s,i]=Q(o),n=(.3*e+.59*s+.11*i)/255,h=t&&n<.45?.45-n+.1:0;return`rgb(${[e,s,i].
map(l=>Math.round(l+h*(255-l))).join()})`}function _t(o,{facts:t,places:e,mask:s}){if(!t||!e)return[];let i=o.flat(),n=G(
[i]);if(!n)return[];let[h,l,c,a]=n,p=f=>{let w=new Uint8Array(f.length/2);for(let g=0;g<w.length;g++){let x=f[2*g],b=f[2*
g+1];x>=h&&x<=l&&b>=c&&b<=a&&mt(o,x,b)&&(w[g]=1)}return w},m=p(e.image),u=p(e.text),d=[];for(let f=0;f<t.pairs;f++)(!s||
s[f])&&(m[t.image[f]]||u[t.text[f]])&&d.push(f);return d}var D=class{constructor(t){this.owner=t,this.canvas=r("canvas",
{class:"ame-points","aria-hidden":"true"}),this.over=r("canvas",{class:"ame-over",tabindex:"0",role:"application","data-\
testid":"pair-map","aria-label":"Map of images and texts. Arrow keys move, plus and minus zoom, 0 shows everything, N an\
d B go to the next and previous pair, Escape clears the selection."}),this.tip=r("div",{class:"ame-tip",hidden:!0,role:"\
status"}),this.el=r("div",{class:"ame-stage"},this.canvas,this.over,this.tip),this.view=null,this.picture="",this.place=
null,this.image=null,this.pixels=new Uint32Array,this.moving=!1,this.lasso=null,this.drag=null,this.spriteKey="",this.made=
null,this.hovered=null,this.asked=!1;let e=this.over;e.addEventListener("pointerdown",s=>this.down(s)),e.addEventListener(
"pointermove",s=>this.move(s)),e.addEventListener("pointerup",s=>this.up(s)),e.addEventListener("pointercancel",()=>this.
cancel()),e.addEventListener("pointerleave",()=>this.hover(null)),e.addEventListener("wheel",s=>this.wheel(s),{passive:!1}),
e.addEventListener("keydown",s=>this.key(s)),e.addEventListener("dblclick",()=>this.whole()),this.el.addEventListener("a\
me-size",()=>this.redraw())}get ink(){return I()?bt.dark:bt.light}whole(){this.view=null,this.redraw()}redraw(){this.asked||
(this.asked=!0,requestAnimationFrame(()=>{this.asked=!1,this.paint()}))}settle(t){let{places:e}=this.owner.model;if(!e)return;
if(e.picture!==this.picture&&([this.picture,this.view]=[e.picture,null]),!this.view){let c=[e.image,e.text].map(d=>Array.
from({length:d.length/2},(f,w)=>w).filter(f=>Number.isFinite(d[2*f])).flatMap(f=>[d[2*f],d[2*f+1]])),[a,p,m,u]=G(c)??[0,
1,0,1];this.view={x:(a+p)/2,y:(m+u)/2,w:1.08*(p-a)||1,h:1.08*(u-m)||1}}let{x:s,y:i,w:n,h}=this.view,l=Math.min(t.width/n,
t.height/h);this.place={k:l,x0:t.width/2-s*l,y0:t.height/2+i*l}}sprites(t){let{colors:e}=this.owner.model,s=I(),i=[e?.colors.
join(),e?.scale,t,s].join("|");if(this.spriteKey!==i||!this.made){this.spriteKey=i;let n=(e?.colors??["#0072B2","#D55E00"]).
map(c=>jt(c,s)),h=this.ink.paper,l=(c,a)=>({plain:T({shape:c,color:a,filled:!0,halo:null},t,.8),dim:T({shape:c,color:a,filled:!0,
halo:null},t,.26),strong:T({shape:c,color:a,filled:!0,halo:h,edge:.5},1.25*t)});this.made={image:n.map(c=>l("circle",c)),
text:n.map(c=>l("diamond",c)),ghost:T({shape:"circle",color:this.ink.faint,filled:!0,halo:null},Math.max(1,.6*t),.7)}}return this.
made}paint(){let t=N(this.canvas);N(this.over);let{facts:e,places:s,colors:i,mask:n,selected:h,codes:l}=this.owner.model,
{width:c,height:a}=this.canvas;if(!e||!s||!c||!a)return;this.settle(t);let{k:p,x0:m,y0:u}=this.place,d=$(this.canvas);(!this.
image||this.image.width!==c||this.image.height!==a)&&(this.image=d.createImageData(c,a),this.pixels=new Uint32Array(this.
image.data.buffer));let{pixels:f}=this,[w,g,x]=Q(this.ink.paper);f.fill(4278190080|x<<16|g<<8|w);let b=t.scale,P=e.pairs,
j=b*Math.max(1,Math.min(4.5,Math.round(30*Math.sqrt(t.width*t.height/(2*P)))/100)),_=this.sprites(j),[et,kt,vt]=[p*b,m*b,
u*b],Mt=i?.scale??!1,st=(i?.colors.length??2)-1,W=h.size>0,it=this.owner.flags(),St=(M,A)=>{if(!l)return A;let E=l[M];return Mt?
E===255?st:Math.min(yt-1,E*yt>>8):E},K=M=>{for(let A of[1,0]){let E=A?s.text:s.image,At=A?e.text:e.image,Et=A?_.text:_.image;
for(let S=0;S<P;S++){let nt=!n||n[S]===1;if((M===0?nt:!nt)||M===2&&!it[S]||M===1&&W&&it[S])continue;let ot=At[S],Y=E[2*ot];
if(Y!==Y)continue;let q=Et[Math.min(St(S,A),st)],Lt=M===0?_.ghost:M===2?q.strong:W?q.dim:q.plain;gt(f,c,a,Lt,Y*et+kt,vt-
E[2*ot+1]*et)}}};this.owner.model.hidden&&K(0),K(1),W&&K(2),d.putImageData(this.image,0,0),this.overlay(),this.owner.root.
dataset.painted=String(h.size)}overlay(){let{facts:t,places:e,selected:s,regions:i,active:n}=this.owner.model,{place:h}=this;
if(!t||!e||!h)return;let l=N(this.over),{ink:c}=this,a=$(this.over);a.setTransform(l.scale,0,0,l.scale,0,0),a.clearRect(
0,0,l.width,l.height);let p=u=>[e.image,e.text].map((d,f)=>{let w=f?t.text[u]:t.image[u];return X(h,d[2*w],d[2*w+1])}),m=(u,d,f)=>{
a.beginPath();for(let w of u){let[g,x]=p(w);a.moveTo(...g),a.lineTo(...x)}a.lineWidth=d,a.strokeStyle=f,a.stroke()};if(s.
size&&s.size<=Ft&&(a.globalAlpha=Math.max(.15,1/Math.sqrt(s.size)),m(s,1.2,c.text),a.globalAlpha=1),i.length){a.font="60\
0 13px system-ui, sans-serif",a.textBaseline="middle",a.lineJoin="round";let u=i.map(({name:d,x:f,y:w,count:g})=>{let[x,
b]=X(h,f,w);return{text:d,x,y:b,count:g,width:a.measureText(d).width,side:2}}).filter(({x:d,y:f})=>d>0&&f>0&&d<l.width&&
f<l.height).sort((d,f)=>f.count-d.count);wt(u,l).forEach((d,f)=>{d&&(a.lineWidth=4,a.strokeStyle=c.paper,a.fillStyle=c.text,
a.strokeText(u[f].text,u[f].x+d[0],u[f].y+d[1]),a.fillText(u[f].text,u[f].x+d[0],u[f].y+d[1]))})}for(let[u,d]of[[n,2],[this.
hovered,1.5]])if(u!==null){m([u],d,c.text);for(let[f,w]of p(u))a.beginPath(),a.arc(f,w,8,0,2*Math.PI),a.lineWidth=2,a.strokeStyle=
u===n?c.accent:c.text,a.stroke()}dt(a,this.lasso,c),this.say(l,p)}say(t,e){let s=this.hovered===null?null:this.owner.wordsOf(
this.hovered);this.tip.hidden=s===null,!(this.hovered===null||s===null)&&(this.tip.replaceChildren(r("div",{},...s.map((i,n)=>r(
n?"div":"strong",{},i)))),ut(this.tip,e(this.hovered)[this.side],t))}side=0;under(t){let{facts:e,places:s,mask:i}=this.owner.
model;if(!e||!s||!this.place)return null;let{k:n,x0:h,y0:l}=this.place,c=144,a=null;for(let p of[0,1]){let m=p?s.text:s.
image,u=p?e.text:e.image;for(let d=0;d<e.pairs;d++){if(i&&!i[d])continue;let f=m[2*u[d]]*n+h-t.offsetX,w=l-m[2*u[d]+1]*n-
t.offsetY,g=f*f+w*w;g<c&&([c,a,this.side]=[g,d,p])}}return a}hover(t){t!==this.hovered&&(this.hovered=t,t!==null&&this.owner.
need(t),this.overlay())}down(t){t.button!==0||!this.place||(this.over.focus({preventScroll:!0}),this.over.setPointerCapture(
t.pointerId),this.drag={x:t.offsetX,y:t.offsetY,far:!1,add:t.shiftKey},this.lasso=this.moving?null:[[t.offsetX,t.offsetY]])}move(t){
let{drag:e,view:s,place:i}=this;if(!e)return this.hover(this.under(t));e.far||=Math.hypot(t.offsetX-e.x,t.offsetY-e.y)>4,
e.far&&(this.lasso?(this.lasso.push([t.offsetX,t.offsetY]),this.hovered=null,this.overlay()):s&&i&&(s.x-=t.movementX/i.k,
s.y+=t.movementY/i.k,this.redraw()))}up(t){let{drag:e,lasso:s,place:i}=this;if(this.cancel(),!(!e||!i)){if(e.far)s&&this.
owner.pick(_t(s.map(([n,h])=>V(i,n,h)),this.owner.model),e.add);else{let n=this.under(t);n!==null?this.owner.pick([n],e.
add):e.add||this.owner.pick([],!1)}this.overlay()}}cancel(){this.drag=this.lasso=null}zoom(t,e,s){let{view:i,place:n}=this;
if(!(!i||!n)){if(e!==void 0&&s!==void 0){let[h,l]=V(n,e,s);i.x=h+(i.x-h)*t,i.y=l+(i.y-l)*t}i.w*=t,i.h*=t,this.redraw()}}wheel(t){
t.preventDefault(),this.zoom(Math.exp(.0015*t.deltaY),t.offsetX,t.offsetY)}key(t){let{view:e,place:s}=this;if(!e||!s||t.
ctrlKey||t.metaKey||t.altKey)return;let i=Rt/s.k,n=t.key.toLowerCase();if(n==="arrowleft")e.x-=i;else if(n==="arrowright")
e.x+=i;else if(n==="arrowup")e.y+=i;else if(n==="arrowdown")e.y-=i;else if(n==="+"||n==="=")this.zoom(.8);else if(n==="-")
this.zoom(1.25);else if(n==="0")this.view=null;else if(n==="n"||n==="b")this.owner.step(n==="n"?1:-1);else if(n==="escap\
e")this.owner.pick([],!1);else return;t.preventDefault(),t.stopPropagation(),this.redraw()}};var F=class{constructor(t){this.owner=t;let e=(s,i,n)=>r("button",{type:"button",class:"ame-button",title:i,onclick:()=>t.
step(n)},s);this.title=r("strong",{"data-testid":"pair-title"}),this.where=r("span",{class:"ame-muted"}),this.content=r(
"div",{class:"ame-pair-content"}),this.note=r("textarea",{rows:2,"aria-label":"Your note on this pair",placeholder:"Your\
 note on this pair"}),this.note.addEventListener("change",()=>this.row!==null&&t.send({type:"note",row:this.row,text:this.
note.value})),this.note.addEventListener("keydown",s=>s.stopPropagation()),this.el=r("section",{class:"ame-pair","aria-l\
abel":"The selected pair","data-testid":"pair-panel",tabindex:"0"},r("div",{class:"ame-row ame-pair-head"},e("‹","Prev\
ious pair (B or ↑)",-1),e("›","Next pair (N or ↓)",1),this.title,this.where),this.content),this.el.addEventListener(
"keydown",s=>{let i={n:1,ArrowRight:1,b:-1,ArrowLeft:-1}[s.key];i&&(t.step(i),s.preventDefault(),s.stopPropagation())}),
this.row=null}draw(){let{face:t,grid:e,selected:s}=this.owner.model;this.row=t?.row??null;let i=e&&s.size>1?this.grid(e):
null;if(!t){k(this.title,s.size?"":"No pair selected"),k(this.where,""),this.content.replaceChildren(i??r("p",{class:"am\
e-muted"},"Draw a lasso on the map, click a point or a row of the table, or press N for the next pair."));return}k(this.
title,`pair ${t.id}`),k(this.where,t.place<0?"not among the pairs that are shown":`${(t.place+1).toLocaleString("en")} o\
f ${t.count.toLocaleString("en")}`),document.activeElement!==this.note&&(this.note.value=t.note);let[n,...h]=t.captions;
this.content.replaceChildren(...[i,t.picture?r("img",{class:"ame-large",src:t.picture,alt:`image of pair ${t.id}`}):null,
r("p",{class:"ame-own"},n),...h.map(l=>r("p",{class:"ame-muted"},l)),r("dl",{class:"ame-figures-list"},...t.figures.flatMap(
([l,c])=>[r("dt",{},l),r("dd",{},c)])),...t.groups.filter(({pairs:l})=>l.length).map(({title:l,pairs:c})=>r("div",{class:"\
ame-near"},r("h5",{},l),...c.map(a=>this.near(a)))),r("div",{class:"ame-row"},"pairs like this one in",...["image","text",
"joint"].map(l=>r("button",{type:"button",class:"ame-button","data-like":l,onclick:()=>this.owner.send({type:"like",row:t.
row,space:l})},l==="joint"?"both":l))),this.note].filter(l=>l!==null))}near({row:t,caption:e,figures:s,warn:i,picture:n}){
return r("button",{type:"button",class:`ame-near-pair${i?" ame-warn":""}`,onclick:()=>this.owner.pick([t],!1)},n?r("img",
{src:n,alt:""}):null,r("span",{class:"ame-near-words"},e),r("span",{class:"ame-near-figures"},s))}grid({count:t,pairs:e}){
let s=t>e.length?`, the first ${e.length}`:"";return r("div",{class:"ame-grid-of","data-testid":"pair-grid"},r("div",{class:"\
ame-muted"},`${t.toLocaleString("en")} pairs selected${s}`),r("div",{class:"ame-tiles"},...e.map(({row:i,caption:n,picture:h})=>r(
"button",{type:"button",class:i===this.row?"ame-chosen":null,title:n,onclick:()=>this.owner.look(i)},h?r("img",{src:h,alt:n}):
r("span",{},n)))))}};var Wt=250,v=28,Z=60,J=8e6,Kt=3e3,R=class{constructor(t){this.owner=t,this.head=r("div",{class:"ame-table-row ame-table-\
head",role:"row"}),this.body=r("div",{class:"ame-table-body"}),this.spacer=r("div",{class:"ame-table-spacer"},this.body),
this.el=r("div",{class:"ame-table",role:"grid",tabindex:"0","data-testid":"pair-table","aria-label":"Table of the pairs:\
 up and down go to the next and previous pair"},this.head,this.spacer),this.rows=new Map,this.asked=new Set,this.turn=-1,
this.due=!1,this.el.addEventListener("scroll",()=>this.redraw()),this.el.addEventListener("keydown",e=>{let s={ArrowDown:1,
ArrowUp:-1}[e.key];s&&(e.preventDefault(),e.stopPropagation(),t.step(s))}),new ResizeObserver(()=>this.redraw()).observe(
this.el)}drawHead(){let{facts:t,shown:e}=this.owner.model;if(!t)return;let s=t.columns.map(({name:i,kind:n})=>i==="capti\
on"?"minmax(260px, 3fr)":n==="number"?"104px":"132px");this.el.style.setProperty("--ame-columns",`64px ${s.join(" ")}`),
this.el.style.setProperty("--ame-width",`${64+t.columns.reduce((i,{name:n,kind:h})=>i+(n==="caption"?260:h==="number"?104:
132),0)}px`),this.el.setAttribute("aria-colcount",String(t.columns.length+1)),this.head.replaceChildren(r("div",{role:"c\
olumnheader",class:"ame-number"},"pair"),...t.columns.map(({name:i,title:n,kind:h})=>{let l=e?.sort===i;return r("div",{
role:"columnheader","aria-sort":l?e.descending?"descending":"ascending":"none",class:h==="number"&&"ame-number"},r("butt\
on",{type:"button",title:`Sort by ${n}`,"data-sort":i,onclick:()=>this.owner.send({type:"sort",column:i,descending:l?!e.
descending:h==="number"})},n,l?e.descending?" ↓":" ↑":""),r("button",{type:"button",class:"ame-filter-button",title:`\
Filter by ${n}`,"aria-label":`Filter by ${n}`,"data-filter":i,onclick:c=>this.owner.filters.open(i,c.currentTarget)},"⚲"))}))}renew(){
this.rows.clear(),this.asked.clear(),this.turn=this.owner.model.shown?.turn??-1;let t=this.owner.model.shown?.count??0;this.
el.setAttribute("aria-rowcount",String(t+1)),this.spacer.style.height=`${Math.min(J,t*v)}px`,this.drawHead(),this.redraw()}redraw(){
this.due||(this.due=!0,requestAnimationFrame(()=>{this.due=!1,this.draw()}))}get high(){return this.el.clientHeight||Wt}top(){
let t=this.owner.model.shown?.count??0,e=this.high-v,s=Math.min(J,t*v)-e,i=s>0?Math.min(1,this.el.scrollTop/s):0;return Math.
max(0,i*(t-e/v))}draw(){let{shown:t,selected:e,active:s}=this.owner.model;if(!t)return;let i=this.top(),n=Math.floor(i),
h=Math.ceil(this.high/v)+1;this.body.style.transform=`translateY(${this.el.scrollTop-(i-n)*v}px)`;let l=[];for(let c=n;c<
Math.min(t.count,n+h);c++){let a=this.rows.get(c);a||this.ask(c);let p=a?e.has(a.row):!1,m=r("div",{role:"row",class:`am\
e-table-row${p?" ame-chosen":""}${a&&a.row===s?" ame-active":""}`,"aria-selected":String(p),"aria-rowindex":c+2,"data-ro\
w":a?.row},...(a?.cells??["…"]).map((u,d)=>r("div",{role:"gridcell",class:this.kind(d),title:d&&u.length>20?u:null},u)));
a&&m.addEventListener("click",u=>this.owner.pick([a.row],u.shiftKey||u.ctrlKey||u.metaKey)),l.push(m)}this.body.replaceChildren(
...l),this.el.dataset.drawn=String(l.filter(c=>c.dataset.row!==void 0).length),this.el.dataset.turn=String(this.turn)}kind(t){
let e=t?this.owner.model.facts?.columns[t-1]:null;return!e||e.kind==="number"?"ame-number":e.name==="caption"?"ame-capti\
on":""}ask(t){let e=Math.floor(t/Z);this.asked.has(e)||(this.asked.add(e),this.owner.send({type:"rows",turn:this.turn,start:e*
Z,count:Z}))}take({turn:t,start:e,rows:s}){t===this.turn&&(this.rows.size>Kt&&(this.rows.clear(),this.asked.clear()),s.forEach(
(i,n)=>this.rows.set(e+n,i)),this.redraw())}reveal(t){let e=this.owner.model.shown?.count??0,s=(this.high-2*v)/v,i=this.
top();if(t<0||t>=i&&t<i+s-.5)return;let n=Math.min(J,e*v)-(this.high-v),h=t<i?t:t-s+1;this.el.scrollTop=h/Math.max(1,e-s-
1)*n,this.redraw()}};function xt(o,t,e,s){let i=t===e?`${e.toLocaleString("en")} pairs`:`${t.toLocaleString("en")} of ${e.
toLocaleString("en")} pairs`;k(o,s?`${i}, ${s.toLocaleString("en")} selected`:i)}var tt=class{constructor(t){this.client=t,this.model={facts:null,places:null,colors:null,codes:null,shown:null,mask:null,
hidden:!0,selected:new Set,active:null,regions:[],face:null,grid:null},this.flagged=null,this.own={at:-1/0,key:""},this.
words=new Map,this.map=new D(this),this.filters=new O(this),this.table=new R(this),this.panel=new F(this),this.pictures=
r("select",{"aria-label":"map","data-testid":"picture",onchange:()=>this.send({type:"picture",picture:this.pictures.value})}),
this.models=r("select",{"aria-label":"model","data-testid":"model",onchange:()=>this.send({type:"model",model:this.models.
value})}),this.modelLabel=r("label",{hidden:!0},"model",this.models),this.color=r("select",{"aria-label":"colour","data-\
testid":"color",onchange:()=>this.send({type:"color",column:this.color.value})}),this.search=r("input",{type:"search",placeholder:"\
words in captions","aria-label":"search","data-testid":"search"}),this.search.addEventListener("keydown",e=>{e.stopPropagation(),
e.key==="Enter"&&this.find(!1)}),this.meaning=r("button",{type:"button",class:"ame-button",hidden:!0,onclick:()=>this.find(
!0)},"by meaning"),this.classes=r("button",{type:"button",class:"ame-button",hidden:!0,title:"Classify the images by the\
se classes, separated by commas",onclick:()=>this.typed("classes")},"as classes"),this.concept=r("button",{type:"button",
class:"ame-button",hidden:!0,title:"A direction between two texts, with “ vs ” between them, as an axis of the map",
onclick:()=>this.typed("concept")},"as concept"),this.tool=r("button",{type:"button",class:"ame-button","aria-pressed":"\
false",title:"Drag to move the map in place of drawing a lasso",onclick:()=>this.turnTool()},"move"),this.only=r("button",
{type:"button",class:"ame-button",title:"Show only the selected pairs","data-testid":"only",onclick:()=>this.send({type:"\
only"})},"only selected"),this.name_regions=r("button",{type:"button",class:"ame-button",title:"Find clusters in the ful\
l space and name them by their words","data-testid":"regions",onclick:()=>this.send({type:"regions"})},"name regions"),this.
legend=r("div",{class:"ame-legend","data-testid":"legend"}),this.count=r("span",{class:"ame-count",role:"status","data-t\
estid":"count"}),this.told=r("p",{class:"ame-told",role:"status","data-testid":"told",hidden:!0}),this.caption=r("p",{class:"\
ame-muted ame-caption-line"}),this.cross=r("div",{class:"ame-cross","data-testid":"cross",hidden:!0}),this.root=r("div",
{class:"ame-explorer","data-testid":"explorer"},r("div",{class:"ame-row ame-bar"},this.modelLabel,r("label",{},"map",this.
pictures),r("label",{},"colour",this.color),this.tool,r("button",{type:"button",class:"ame-button",title:"Show the whole\
 map (0)",onclick:()=>this.map.whole()},"whole"),this.search,r("button",{type:"button",class:"ame-button",onclick:()=>this.
find(!1)},"search"),this.meaning,this.classes,this.concept,this.name_regions),this.told,r("div",{class:"ame-upper"},r("d\
iv",{class:"ame-left"},this.legend,this.map.el,this.caption),this.panel.el),r("div",{class:"ame-row ame-over-table"},this.
count,this.only,this.filters.chips),this.table.el,this.cross,this.filters.window),this.themes=new MutationObserver(()=>this.
theme()),this.themes.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light","class"]}),this.theme()}theme(){
this.root.dataset.dark=String(I()),this.map.redraw(),this.table.redraw(),this.model.colors&&this.drawLegend()}send(t){this.
client.send(t)}find(t){this.search.value.trim()&&this.send({type:"search",text:this.search.value,meaning:t})}typed(t){this.
search.value.trim()&&this.send({type:t,text:this.search.value})}turnTool(){this.map.moving=!this.map.moving,this.tool.setAttribute(
"aria-pressed",String(this.map.moving))}flags(){let{selected:t,facts:e}=this.model;if(this.flagged?.of!==t){let s=new Uint8Array(
e?.pairs??0);for(let i of t)s[i]=1;this.flagged={of:t,made:s}}return this.flagged.made}pick(t,e){let{selected:s}=this.model,
i=new Set(t);if(e){i=new Set(s);for(let n of t)(!i.delete(n)||t.length>1)&&i.add(n)}this.flagged=null,this.own={at:y(),key:[
...i].slice(0,8).join()+i.size},this.light(i),this.send({type:"select",rows:[...i]})}look(t){this.send({type:"look",row:t})}step(t){
this.send({type:"step",by:t})}light(t){this.model.selected=t,this.root.dataset.selected=String(t.size),this.map.redraw(),
this.table.redraw(),this.drawCount()}wordsOf(t){return this.words.get(t)??null}need(t){this.words.has(t)||this.send({type:"\
words",row:t})}drawCount(){let{facts:t,shown:e,selected:s}=this.model;t&&(xt(this.count,e?.count??t.pairs,t.pairs,s.size),
L(this.only,s.size>0))}drawLegend(){let{colors:t}=this.model;if(!t)return;let e=t.scale?[r("span",{},t.low),r("span",{class:"\
ame-ramp",style:`background: linear-gradient(90deg, ${t.colors.slice(0,-1).join(", ")})`}),r("span",{},t.high),t.unknown?
r("span",{class:"ame-muted"},`unknown: ${t.unknown.toLocaleString("en")}`):null]:t.names.map((s,i)=>r("button",{type:"bu\
tton",class:"ame-key",title:t.column==="modality"?null:`Show only ${s}`,onclick:()=>this.send({type:"legend",code:i})},r(
"span",{class:`ame-swatch${t.column==="modality"&&i?" ame-diamond":""}`,style:`background: ${t.colors[i]}`}),r("span",{class:"\
ame-key-name"},s),t.column==="modality"?null:r("b",{},t.counts[i].toLocaleString("en"))));this.legend.replaceChildren(r(
"span",{class:"ame-muted"},t.column==="modality"?"":t.title),...e.filter(s=>s!==null))}drawFacts(){let{facts:t,colors:e}=this.
model;if(!t)return;let s=["modality",...t.columns.filter(({colorable:n})=>n).map(({name:n})=>n)],i=n=>t.columns.find(h=>h.
name===n)?.title??"image or text";this.color.replaceChildren(...s.map(n=>r("option",{value:n},i(n)))),e&&(this.color.value=
e.column);for(let n of[this.meaning,this.classes,this.concept])L(n,t.meaning);this.table.renew()}retained(t,e){let{model:s}=this;
if(t==="facts")s.facts=e,this.drawFacts();else if(t==="places")s.places=e,this.pictures.replaceChildren(...e.pictures.map(
i=>r("option",{value:i.name},i.label))),this.pictures.value=e.picture,this.models.replaceChildren(...e.models.map(i=>r("\
option",{value:i},i))),this.models.value=e.model,L(this.modelLabel,e.models.length>1),k(this.caption,e.words);else if(t===
"colors")[s.colors,s.codes]=[e,e.column==="modality"?null:e.codes],this.color.value=e.column,this.drawLegend();else if(t===
"shown")[s.shown,s.mask]=[e,e.count===s.facts?.pairs?null:e.mask],this.filters.draw(),this.table.renew(),this.drawCount();else if(t===
"selection"){let i=new Set(e.rows),n=[...i].slice(0,8).join()+i.size;if(y()-this.own.at<1&&n!==this.own.key)return;(n!==
this.own.key||i.size!==s.selected.size)&&this.light(i)}else t==="face"?(s.face=e.face,s.grid=e.grid,s.active=e.face?.row??
null,this.panel.draw(),this.table.redraw(),e.face&&this.table.reveal(e.face.place),this.map.overlay()):t==="regions"?s.regions=
e.regions:t==="told"?(k(this.told,e.text),L(this.told,!!e.text),this.told.classList.toggle("ame-bad",e.bad)):t==="cross"&&
this.drawCross(e);this.map.redraw(),this.root.dataset.drawn="true"}drawCross({title:t,names:e,counts:s,words:i}){L(this.
cross,e.length>0);let n=e.length,h=Math.max(1,...s),l=(c,a)=>{let p=s[c*n+a],m=Math.sqrt(p/h);return r("td",{},p?r("butt\
on",{type:"button",class:c===a?"ame-right":"ame-wrong",style:`--ame-share: ${m.toFixed(3)}`,title:`${p} of ${e[c]} taken\
 for ${e[a]}: show these`,onclick:()=>this.send({type:"cell",of:c,as:a})},p.toLocaleString("en")):"")};this.cross.replaceChildren(
r("h5",{},t),r("div",{class:"ame-scroll"},r("table",{},r("thead",{},r("tr",{},r("th",{},"true class"),...e.map(c=>r("th",
{},r("span",{},c))),r("th",{},"accuracy"))),r("tbody",{},...e.map((c,a)=>r("tr",{},r("th",{scope:"row"},c),...e.map((p,m)=>l(
a,m)),r("td",{class:"ame-words"},i[a])))))))}message(t){t.type==="rows"?this.table.take(t):t.type==="words"&&(this.words.
size>5e3&&this.words.clear(),this.words.set(t.row,t.words),this.map.hovered===t.row&&this.map.overlay())}close(){this.themes.
disconnect()}};function Yt(o,t){let e=new tt(o);return t.append(e.root),{el:e.root,draw(){},retained:(s,i)=>e.retained(s,
i),message:s=>e.message(s),silent(s,i){i&&e.retained("told",{text:"Python has stopped: run the cell again.",bad:!0})},close:()=>e.
close()}}var ye=at(Yt);export{tt as Explorer,ye as default};
